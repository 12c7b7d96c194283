from odoo import fields, models


class ResCompany(models.Model):
    _inherit = "res.company"

    loyalty_b2b_several_programs = fields.Boolean(
        string="Several running programmes",
        help="Let a customer's invoices earn in more than one programme at once.",
    )
