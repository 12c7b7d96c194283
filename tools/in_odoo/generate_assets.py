"""Run by `odoo shell`: make the web assets that people load, and none of tests."""

qweb = env["ir.qweb"]  # noqa: F821
scripts, styles = qweb._get_bundles_to_pregenarate()
for name in sorted(scripts | styles):
    if "test" in name:
        continue
    if name in scripts:
        qweb._get_asset_bundle(name, css=False, js=True).js()
    if name in styles:
        qweb._get_asset_bundle(name, css=True, js=False).css()
env.cr.commit()  # noqa: F821
