from odoo import fields, models

from .loyalty_b2b_reward import ORDER_KINDS
from .redemption_order import QUIET


class LoyaltyB2bRedemption(models.Model):
    """What became of a reward on an order: its state follows its documents."""

    _inherit = "loyalty.b2b.redemption"

    def _follow_money(self, moves=None):
        result = super()._follow_money(moves)
        self._follow_documents()
        return result

    def _follow_documents(self):
        """Set the state of used rewards: fulfilled once delivered or invoiced."""
        for use in self:
            if use.reward_kind not in ORDER_KINDS or use.state not in (
                "done",
                "fulfilled",
                "cancelled",
            ):
                continue
            state = use._get_document_state()
            if state != use.state:
                use.with_context(**QUIET).write(
                    {
                        "state": state,
                        "date_fulfilled": state == "fulfilled"
                        and fields.Datetime.now(),
                    }
                )

    def _ask_to_hand_over(self):
        """Ask nobody: what stands on an order is handed over with its goods."""
        if self.reward_kind not in ORDER_KINDS:
            return super()._ask_to_hand_over()
        return None

    def _get_document_state(self):
        """Return the state that follows from points, deliveries and invoices."""
        if not self._get_standing_points():
            return "cancelled"
        invoiced = self.move_line_ids.filtered(
            lambda line: (
                line.parent_state == "posted" and line.move_type != "out_refund"
            )
        )
        fulfilled = bool(invoiced) or self._is_delivered() or self.fulfilled_by_id
        return "fulfilled" if fulfilled else "done"
