from odoo import api, models
from odoo.fields import Domain


class LoyaltyB2bRedemption(models.Model):
    """Points used in carts."""

    _inherit = "loyalty.b2b.redemption"

    @api.model
    def _get_expired_domain(self):
        # nobody gives a cart a date of validity
        return super()._get_expired_domain() & Domain("order_id.website_id", "=", False)
