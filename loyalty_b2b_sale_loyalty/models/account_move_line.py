from odoo import fields, models


class AccountMoveLine(models.Model):
    """Invoice lines keep that they are a means of payment: orders may lose theirs."""

    _inherit = "account.move.line"

    loyalty_b2b_is_payment = fields.Boolean(
        string="Gift card or eWallet",
        readonly=True,
        help="Neither earns points nor lowers what the other lines earn.",
    )
