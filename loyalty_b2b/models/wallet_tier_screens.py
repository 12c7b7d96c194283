from odoo import api, fields, models


class LoyaltyB2bWallet(models.Model):
    """What the back office shows of the level of a wallet."""

    _inherit = "loyalty.b2b.wallet"

    tier_card = fields.Html(
        string="Level and progress",
        compute="_compute_tier_card",
        compute_sudo=True,
        sanitize=False,
        help="The level, until when it holds, and how far the next one is.",
    )

    # === COMPUTE METHODS === #

    @api.depends("tier_id", "tier_until", "tier_manual_until")
    @api.depends_context("lang")
    def _compute_tier_card(self):
        for wallet in self:
            level = wallet._origin and wallet._origin._prepare_tier()
            wallet.tier_card = level and self.env["ir.qweb"]._render(
                "loyalty_b2b.wallet_tier", {"level": level}
            )
