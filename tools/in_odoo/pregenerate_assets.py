"""Run by `odoo shell`: make the web assets, so that browser tests start quickly."""

env["ir.qweb"]._pregenerate_assets_bundles()  # noqa: F821
env.cr.commit()  # noqa: F821
