from odoo import models

from .loyalty_b2b_redemption import USE


class SaleOrderLine(models.Model):
    """Goods for points on an order: delivered as usual, invoiced as the reward says."""

    _inherit = "sale.order.line"

    # === COMPUTE METHODS === #

    def _is_loyalty_b2b_uncharged(self):
        """Tell whether the goods are delivered and never invoiced."""
        use = self.sudo().loyalty_b2b_redemption_id
        return use.goods_mode == "uncharged" and not self._is_loyalty_b2b_discount()

    def _compute_qty_to_invoice(self):
        super()._compute_qty_to_invoice()
        for line in self.filtered("loyalty_b2b_redemption_id"):
            if line._is_loyalty_b2b_uncharged():
                line.qty_to_invoice = 0.0

    def _compute_invoice_status(self):
        super()._compute_invoice_status()
        for line in self.filtered("loyalty_b2b_redemption_id"):
            if line.state == "sale" and line._is_loyalty_b2b_uncharged():
                # nothing of it will ever be invoiced: the order waits for the others
                line.invoice_status = "invoiced"

    def _compute_qty_delivered(self):
        super()._compute_qty_delivered()
        goods = self.filtered("loyalty_b2b_redemption_id")
        if goods.ids:
            # nothing is written while Odoo computes
            self.env.cr.precommit.add(goods._tell_loyalty_b2b_delivered)

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "qty_delivered" in vals:
            self._tell_loyalty_b2b_delivered()
        return result

    # === BUSINESS METHODS === #

    def _tell_loyalty_b2b_delivered(self):
        """Let rewards be fulfilled once their goods have left."""
        self.exists().sudo().loyalty_b2b_redemption_id._follow_documents()

    def _cancel_loyalty_b2b_deliveries(self):
        """End what is still to be delivered of goods whose points come back."""
        goods = self.filtered(
            lambda line: line.state == "sale" and not line._is_loyalty_b2b_discount()
        )
        if goods and "move_ids" in self._fields:
            moves = goods.move_ids.filtered(
                lambda move: move.state not in ("done", "cancel")
            )
            moves.with_context(loyalty_b2b_use=USE)._action_cancel()
