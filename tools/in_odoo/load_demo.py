"""Run by `odoo shell`: load the demo data of the addons in ADDONS, and no others."""

import os

from odoo.modules.loading import load_demo
from odoo.modules.module_graph import ModuleGraph

# As while modules are installed: no mail goes out, no service is asked about companies.
env.registry.ready = False  # noqa: F821
modules = env["ir.module.module"].search([("state", "=", "installed")])  # noqa: F821
graph = ModuleGraph(env.cr, mode="load")  # noqa: F821
graph.extend(modules.mapped("name"))
names = os.environ["ADDONS"].split(",")
for package in graph:
    if package.name not in names or package.demo:
        continue
    if not load_demo(env, package, {}, "init"):  # noqa: F821
        raise SystemExit(f"The demo data of {package.name} could not be loaded.")
    # From now on an update of the addon updates its demo data, too.
    modules.browse(package.id).demo = True
env.cr.commit()  # noqa: F821
