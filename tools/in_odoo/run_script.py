"""Run `main` of a script: run_script.py CONFIG SCRIPT DATABASE … (see run_bench.py).

It gets an environment on the database of the configuration, and one on each other.
"""

import contextlib
import importlib.util
import sys
from pathlib import Path

import odoo
import odoo.modules.registry
import odoo.service.server
import odoo.tools


def main(config: str, script: Path, *others: str) -> None:
    odoo.tools.config.parse_config(["-c", config, "--log-level=error"])
    names = [*odoo.tools.config["db_name"], *others]
    if others:
        odoo.tools.config.options.update(db_name=names, dbfilter="")
    sys.path.insert(0, str(script.parent))
    specification = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(specification)
    registries = [odoo.modules.registry.Registry(name) for name in names]
    # Loaded after the registry, so that it can import from our addons.
    specification.loader.exec_module(module)
    with contextlib.ExitStack() as stack:
        cursors = [stack.enter_context(registry.cursor()) for registry in registries]
        root = odoo.api.SUPERUSER_ID
        module.main(*(odoo.api.Environment(cr, root, {}) for cr in cursors))
        for cr in cursors:
            cr.rollback()


main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
