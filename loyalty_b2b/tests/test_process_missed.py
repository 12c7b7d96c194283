from functools import partial

from odoo.tests import tagged

from .process_common import ProcessCase
from .test_process_documents import post


def book(env):
    env["loyalty.b2b.program"]._cron_book_missed()


def post_again(move_id, env):
    move = env["account.move"].browse(move_id)
    move.button_draft()
    move.action_post()


@tagged("post_install", "-at_install")
class TestProcessMissed(ProcessCase):
    """What was posted during a pause is booked once, whoever books it."""

    def _miss(self, *amounts):
        """Post invoices in a pause; resume.

        :return: ids of the wallet, the customer and the invoices.
        """
        wallet_id, partner_id = self._create_wallet()
        with self._environment() as env:
            program = env["loyalty.b2b.program"].browse(self.program_id)
            program.action_pause()
        with self._environment() as env:
            vals_list = [self._prepare_invoice(partner_id, a) for a in amounts]
            moves = env["account.move"].create(vals_list)
            moves.action_post()
        with self._environment() as env:
            program = env["loyalty.b2b.program"].browse(self.program_id)
            program.action_resume()
            program.action_book_missed()
        return wallet_id, partner_id, moves.ids

    def test_two_jobs_at_once_book_once(self):
        wallet_id, _partner_id, _move_ids = self._miss(30.0, 20.0)
        self.assertSound(wallet_id, balance=0, available=0)
        self.decide(book, book)
        self.assertSound(wallet_id, balance=50, available=50)
        self.decide(book)
        self.assertSound(wallet_id, balance=50, available=50)

    def test_a_job_and_the_same_invoice_posted_again(self):
        wallet_id, _partner_id, (move_id,) = self._miss(30.0)
        self.decide(book, partial(post_again, move_id))
        self.decide(book)
        self.assertSound(wallet_id, balance=30, available=30)

    def test_a_job_and_a_new_invoice(self):
        wallet_id, partner_id, _move_ids = self._miss(30.0)
        with self._environment() as env:
            new = env["account.move"].create(self._prepare_invoice(partner_id, 5.0))
        self.decide(book, partial(post, new.id))
        self.assertSound(wallet_id, balance=35, available=35)
