from odoo.http import STATIC_CACHE_LONG, request, route

from .portal import LoyaltyB2bPortal


class LoyaltyB2bPortalTier(LoyaltyB2bPortal):
    """Pictures of levels, for those who take part in their programme."""

    @route(
        "/my/loyalty/program/<int:program_id>/level/<int:tier_id>/image",
        type="http",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_loyalty_b2b_level(self, program_id, tier_id, **kwargs):
        """Stream the picture of a level."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        tier = wallet.program_id.tier_ids.filtered(lambda tier: tier.id == tier_id)
        if not tier.image:
            return request.not_found()
        # the address names the version of the level
        return (
            request.env["ir.binary"]
            ._get_image_stream_from(tier, "image")
            .get_response(immutable=True, max_age=STATIC_CACHE_LONG)
        )
