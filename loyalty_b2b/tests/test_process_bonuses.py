from functools import partial

from odoo import Command, fields
from odoo.tests import tagged

from .process_common import ProcessCase
from .test_process_documents import post


def settle(env):
    env["loyalty.b2b.wallet"]._cron_settle()


def pay(move_id, env):
    move = env["account.move"].browse(move_id)
    wizard = env["account.payment.register"].with_context(
        active_model="account.move", active_ids=move.ids
    )
    wizard.create({})._create_payments()


@tagged("post_install", "-at_install")
class TestProcessBonuses(ProcessCase):
    """Rules that count later, while documents come in at the same moment."""

    def _add_rule(self, **values):
        with self._environment() as env:
            program = env["loyalty.b2b.program"].browse(self.program_id)
            # the tests share a database
            program.rule_ids.filtered(lambda r: r.trigger != "purchase").active = False
            program.rule_ids = [Command.create({"name": "Bonus", **values})]

    def _create_invoices(self, partner_id, amounts):
        with self._environment() as env:
            vals_list = [self._prepare_invoice(partner_id, a) for a in amounts]
            return env["account.move"].create(vals_list).ids

    def _get_bonuses(self, wallet_id):
        with self._environment() as env:
            settle(env)
            entries = env["loyalty.b2b.entry"].search(
                [("wallet_id", "=", wallet_id), ("group_ref", "=like", "bonus:%")]
            )
            return sorted(int(points) for points in entries.mapped("points"))

    def test_two_first_orders_at_once_give_one_bonus(self):
        self._add_rule(trigger="first_order", effect="order", points=500)
        wallet_id, partner_id = self._create_wallet()
        posts = [
            partial(post, move_id)
            for move_id in self._create_invoices(partner_id, [10.0, 10.0])
        ]
        self.decide(*posts)
        self.assertEqual(self._get_bonuses(wallet_id), [500])
        self.assertSound(wallet_id, balance=520, available=520)

    def test_settling_twice_at_once_gives_one_bonus(self):
        self._add_rule(trigger="first_order", effect="order", points=500)
        wallet_id, partner_id = self._create_wallet()
        (move_id,) = self._create_invoices(partner_id, [10.0])
        self._request(partial(post, move_id))
        self.decide(settle, settle)
        self.assertEqual(self._get_bonuses(wallet_id), [500])
        self.assertSound(wallet_id, balance=510, available=510)

    def test_payment_on_time_while_the_wallet_is_settled(self):
        self._add_rule(
            trigger="on_time", effect="order", points=50, date_start=fields.Date.today()
        )
        wallet_id, partner_id = self._create_wallet()
        (move_id,) = self._create_invoices(partner_id, [10.0])
        self._request(partial(post, move_id))
        results = self.decide(partial(pay, move_id), settle)
        self.assertEqual(self.count_done(results), 2)
        self.assertEqual(self._get_bonuses(wallet_id), [50])
        self.assertSound(wallet_id, balance=60, available=60)
