from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    loyalty_b2b_several_programs = fields.Boolean(
        related="company_id.loyalty_b2b_several_programs", readonly=False
    )
