from odoo import fields, models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """Gifts to people of a wallet's companies."""

    _inherit = "loyalty.b2b.wallet"

    offers_gifts = fields.Boolean(
        related="company_id.loyalty_b2b_gifts", string="Personal gifts are offered"
    )

    # === ACTION METHODS === #

    def action_give_gift(self):
        """Ask who gets which gift, and who agreed."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Give a personal gift"),
            "loyalty.b2b.gift.new",
            {"default_wallet_id": self.id},
        )

    # === BUSINESS METHODS === #

    def _get_erasure_refusal(self, partner):
        hold = partner._get_loyalty_b2b_gift_hold() if partner else ""
        return hold or super()._get_erasure_refusal(partner)

    def _take_over(self, source):
        super()._take_over(source)
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_gift SET wallet_id = %s WHERE wallet_id = ANY(%s)"
                " RETURNING id",
                self.id,
                source.ids,
            )
        )
        self.env["loyalty.b2b.gift"].invalidate_model(["wallet_id"], flush=False)
