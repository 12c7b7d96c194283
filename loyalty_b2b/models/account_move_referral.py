from odoo import models


class AccountMove(models.Model):
    """Invoices of referred companies tell when they are paid, or unpaid again."""

    _inherit = "account.move"

    def _compute_payment_state(self):
        super()._compute_payment_state()
        programs = self.env["loyalty.b2b.program"]
        if programs._get_referral_program_ids():
            moves = self._filter_loyalty_b2b().filtered(
                lambda move: programs._counts_referrals(move.company_id.id)
            )
            self.env["loyalty.b2b.wallet"]._queue_repaid(moves.ids)
