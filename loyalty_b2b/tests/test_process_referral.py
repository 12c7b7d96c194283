from functools import partial

from odoo.tests import tagged

from .process_common import ProcessCase
from .test_process_bonuses import pay, settle
from .test_process_documents import post


@tagged("post_install", "-at_install")
class TestProcessReferral(ProcessCase):
    """Purchases of a referred company at the same moment bring what one after the other
    would."""

    def _refer(self, **terms):
        """Return ids: a referral, the wallet that made it, the other, its owner."""
        referrer_id, _partner_id = self._create_wallet()
        with self._environment() as env:
            program = env["loyalty.b2b.program"].browse(self.program_id)
            program.write({"referral_mode": "fixed", "referral_points": 1000, **terms})
        with self._environment() as env:
            referral = env["loyalty.b2b.referral"].create(
                {"wallet_id": referrer_id, "name": f"Company {referrer_id}"}
            )
            partner = env["res.partner"].create(
                {"name": referral.name, "is_company": True}
            )
            self.assertEqual(referral._join(partner), "")
            return referral.id, referrer_id, referral.referred_wallet_id.id, partner.id

    def _create_invoices(self, partner_id, amounts):
        with self._environment() as env:
            vals_list = [self._prepare_invoice(partner_id, a) for a in amounts]
            moves = env["account.move"].create(vals_list)
            moves.invoice_line_ids.name = "Drill"
            return moves.ids

    def _get_brought(self, referral_id):
        with self._environment() as env:
            settle(env)
        with self._environment() as env:
            settle(env)
            entries = env["loyalty.b2b.entry"].search(
                [("group_ref", "=", f"referral:{referral_id}")], order="id"
            )
            return [int(points) for points in entries.mapped("points")]

    def test_two_invoices_at_once_bring_one_reward(self):
        referral_id, referrer_id, referred_id, partner_id = self._refer()
        moves = self._create_invoices(partner_id, [100.0, 100.0])
        self.run_together(*[partial(post, move_id) for move_id in moves])
        self.run_together(*[partial(pay, move_id) for move_id in moves])
        self.decide(settle, settle)
        self.assertEqual(self._get_brought(referral_id), [1000])
        self.assertSound(referrer_id, balance=1000, available=1000)
        self.assertSound(referred_id, balance=200, available=200)

    def test_a_payment_while_the_wallet_is_settled(self):
        referral_id, referrer_id, _referred_id, partner_id = self._refer(
            referral_mode="share", referral_points=1, referral_amount=10.0
        )
        moves = self._create_invoices(partner_id, [100.0, 50.0])
        for move_id in moves:
            self._request(partial(post, move_id))
        self._request(partial(pay, moves[0]))
        self.run_together(partial(pay, moves[1]), settle)
        self.assertEqual(sum(self._get_brought(referral_id)), 15)
        self.assertSound(referrer_id, balance=15, available=15)
