from odoo import models

from ..models.loyalty_b2b_redemption import USE


class AccountMoveReversal(models.TransientModel):
    """*Reverse and create invoice* invoices a discount for points again."""

    _inherit = "account.move.reversal"

    def reverse_moves(self, is_modify=False):
        at_work = self.with_context(loyalty_b2b_use=USE)
        return super(AccountMoveReversal, at_work).reverse_moves(is_modify)
