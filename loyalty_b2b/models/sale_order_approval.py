from odoo import models


class SaleOrder(models.Model):
    """Wishes to use points on a quotation that wait for an answer."""

    _inherit = "sale.order"

    # === CRUD METHODS === #

    def unlink(self):
        self._get_loyalty_b2b_wishes()._withdraw()
        return super().unlink()

    def _action_confirm(self):
        result = super()._action_confirm()
        self._withdraw_loyalty_b2b_wishes()
        return result

    def _action_cancel(self):
        result = super()._action_cancel()
        self._withdraw_loyalty_b2b_wishes()
        return result

    def _withdraw_loyalty_b2b_wishes(self):
        """End the wishes for quotations that are none any more."""
        closed = self.filtered(lambda order: order.state in ("sale", "cancel"))
        if closed:
            closed._get_loyalty_b2b_wishes()._withdraw()

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_wishes(self):
        """Return the wishes that wait for an answer, rewards included, in sudo."""
        return (
            self.env["loyalty.b2b.redemption"]
            .sudo()
            .search([("order_id", "in", self.ids), ("state", "=", "approve")])
        )

    def _log_loyalty_b2b_use(self, use):
        """Note on the quotation and the wallet that points are held for it.

        :param use: redemption in sudo, reserved.
        """
        self.ensure_one()
        self._log_loyalty_b2b(
            body=self.env._(
                "Discount for %(use)s; the points are held until %(moment)s.",
                use=use._describe(),
                moment=use._format_moment(use.date_hold_end),
            )
        )
        use._log_in_wallet(self.env._("%(use)s held for %(order)s."))
