from odoo import fields, models


class LoyaltyB2bProgram(models.Model):
    """What is printed of points on customers' documents."""

    _inherit = "loyalty.b2b.program"

    print_on_order = fields.Boolean(
        string="On quotations and orders",
        help="Print what the order earns, and what more of it would earn extra.",
    )
    print_on_invoice = fields.Boolean(
        string="On invoices", help="Print what the invoice earned."
    )
