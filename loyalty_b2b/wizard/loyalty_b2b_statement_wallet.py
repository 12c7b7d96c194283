from odoo import fields, models


class LoyaltyB2bStatement(models.TransientModel):
    """The statement of one wallet, whoever took part in it."""

    _inherit = "loyalty.b2b.statement"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        ondelete="cascade",
        help="Only this one; empty: as the customers say.",
    )

    def _get_domain(self, first=True):
        domain = super()._get_domain(first)
        if self.wallet_id:
            domain.append(("wallet_id", "=", self.wallet_id.id))
        return domain
