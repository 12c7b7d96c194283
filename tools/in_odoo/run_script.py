"""Run `main(env)` of a script: run_script.py CONFIG SCRIPT (see run_bench.py)."""

import importlib.util
import sys
from pathlib import Path

import odoo
import odoo.modules.registry
import odoo.service.server
import odoo.tools


def main(config: str, script: Path) -> None:
    odoo.tools.config.parse_config(["-c", config, "--log-level=error"])
    sys.path.insert(0, str(script.parent))
    specification = importlib.util.spec_from_file_location(script.stem, script)
    module = importlib.util.module_from_spec(specification)
    registry = odoo.modules.registry.Registry(odoo.tools.config["db_name"][0])
    # Loaded after the registry, so that it can import from our addons.
    specification.loader.exec_module(module)
    with registry.cursor() as cr:
        module.main(odoo.api.Environment(cr, odoo.api.SUPERUSER_ID, {}))
        cr.rollback()


main(sys.argv[1], Path(sys.argv[2]))
