from odoo import models
from odoo.tools import SQL


class SaleOrderLine(models.Model):
    """Delivery, and what Odoo's own promotions take off it."""

    _inherit = "sale.order.line"

    # === BUSINESS METHODS === #

    def _is_loyalty_b2b_delivery(self):
        """Tell whether the line is about delivery: its price, or a promotion on it."""
        return self.is_delivery or self._is_loyalty_b2b_free_delivery()

    def _is_loyalty_b2b_free_delivery(self):
        # without Odoo's addon for promotions there is none
        return (
            "reward_id" in self._fields
            and self.sudo()["reward_id"].reward_type == "shipping"
        )

    def _get_loyalty_b2b_delivery_sql(self, line):
        """Return SQL for the same.

        :param str line: alias of `sale_order_line`.
        """
        if "reward_id" not in self._fields:
            return SQL("%s.is_delivery", SQL.identifier(line))
        return SQL(
            """(%(line)s.is_delivery OR EXISTS (
                SELECT FROM loyalty_reward shipping
                 WHERE shipping.id = %(line)s.reward_id
                   AND shipping.reward_type = 'shipping'))""",
            line=SQL.identifier(line),
        )
