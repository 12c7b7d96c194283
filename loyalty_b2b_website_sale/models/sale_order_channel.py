from odoo import SUPERUSER_ID, models
from odoo.tools import SQL


class SaleOrder(models.Model):
    """Orders of a website from before the web shop's addon was there."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_channel(self):
        """Let a cart that began before the addon was installed be of the web shop.

        Carts are created by the superuser; a quotation of staff for a website is not
        one: how it is accepted counts.
        """
        order = self.sudo()
        if order.website_id and order.create_uid.id == SUPERUSER_ID:
            return order.loyalty_b2b_channel or "web"
        return super()._get_loyalty_b2b_channel()

    def _get_loyalty_b2b_guessed_sql(self):
        return SQL(
            "CASE WHEN o.website_id IS NOT NULL AND o.create_uid = %s"
            " THEN 'web' ELSE %s END",
            SUPERUSER_ID,
            super()._get_loyalty_b2b_guessed_sql(),
        )
