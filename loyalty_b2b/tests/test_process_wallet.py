from datetime import timedelta
from functools import partial

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .process_common import ProcessCase

SPENDERS = 32


def spend(wallet_id, points, key, env):
    """Hold points and use them in one act, as a checkout does."""
    wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
    wallet._consume(wallet._hold(points, key))
    return points


def consume(hold_id, env):
    env["loyalty.b2b.wallet"]._consume(env["loyalty.b2b.entry"].browse(hold_id))


def merge(target_id, source_id, env):
    wallets = env["loyalty.b2b.wallet"]
    wallets.browse(target_id)._merge(wallets.browse(source_id))


@tagged("post_install", "-at_install")
class TestProcessWallet(ProcessCase):
    """Acts of choice and enrolment at the same moment."""

    def _hold(self, wallet_id, points, key):
        with self._environment() as env:
            return env["loyalty.b2b.wallet"].browse(wallet_id)._hold(points, key).id

    def test_a_burst_of_uses_takes_exactly_what_is_there(self):
        wallet_id, _partner = self._create_wallet(10 * SPENDERS)
        results = self.decide(
            *(partial(spend, wallet_id, 20, f"burst:{n}") for n in range(SPENDERS))
        )
        self.assertEqual(self.count_done(results), SPENDERS // 2)
        self.assertSound(wallet_id, balance=0, available=0, held=0)

    def test_two_spend_the_same_hundred_points(self):
        wallet_id, _partner = self._create_wallet(100)
        results = self.decide(
            partial(spend, wallet_id, 100, "two:1"),
            partial(spend, wallet_id, 100, "two:2"),
        )
        self.assertEqual(self.count_done(results), 1)
        refusal = next(r for r in results if isinstance(r, UserError))
        self.assertIn("0 points available", str(refusal))
        self.assertSound(wallet_id, balance=0, available=0)

    def test_one_event_from_two_sides_books_once(self):
        wallet_id, _partner = self._create_wallet(100)
        results = self.decide(*[partial(spend, wallet_id, 40, "same:1")] * 2)
        self.assertEqual(self.count_done(results), 2)
        self.assertSound(wallet_id, balance=60, available=60)

    def test_two_holds_are_used_at_once(self):
        wallet_id, _partner = self._create_wallet(100)
        holds = [self._hold(wallet_id, 50, f"hold:{wallet_id}:{n}") for n in (1, 2)]
        results = self.decide(*(partial(consume, hold) for hold in holds))
        self.assertEqual(self.count_done(results), 2)
        self.assertSound(wallet_id, balance=0, available=0, held=0)

    def test_a_hold_is_used_or_released_and_not_both(self):
        wallet_id, _partner = self._create_wallet(100)
        hold = self._hold(wallet_id, 70, f"hold:{wallet_id}")

        def release(env):
            env["loyalty.b2b.wallet"]._release(env["loyalty.b2b.entry"].browse(hold))

        self.decide(partial(consume, hold), release)
        with self._environment() as env:
            state = env["loyalty.b2b.entry"].browse(hold).state
        left = {"posted": 30, "cancelled": 100}[state]
        self.assertSound(wallet_id, balance=left, available=left, held=0)

    def test_a_company_enrolled_twice_at_once_has_one_wallet(self):
        with self._environment() as env:
            partner = env["res.partner"].create({"name": "New", "is_company": True})

        def enrol(env):
            program = env["loyalty.b2b.program"].browse(self.program_id)
            owner = env["res.partner"].browse(partner.id)
            return program._enrol(owner)[owner].id

        results = self.decide(enrol, enrol)
        self.assertEqual(len(set(results)), 1)
        with self._environment() as env:
            wallets = env["loyalty.b2b.wallet"]
            self.assertEqual(wallets.search_count([("partner_id", "=", partner.id)]), 1)
        self.assertSound(results[0], balance=0)

    def test_two_companies_of_a_tax_id_enrolled_at_once_share_a_wallet(self):
        with self._environment() as env:
            partners = env["res.partner"].create(
                [
                    {"name": name, "is_company": True, "vat": vat}
                    for name, vat in (("A", "PL5260001246"), ("B", "526-000-12-46"))
                ]
            )
            partners.country_id = env.ref("base.pl")

        def enrol(partner_id, env):
            program = env["loyalty.b2b.program"].browse(self.program_id)
            owner = env["res.partner"].browse(partner_id)
            return program._enrol(owner)[owner].id

        results = self.decide(*(partial(enrol, partner.id) for partner in partners))
        self.assertEqual(len(set(results)), 1)

    def test_merge_during_uses(self):
        target_id, _partner = self._create_wallet(100)
        source_id, _partner = self._create_wallet(100)
        uses = [
            partial(spend, wallet_id, 30, f"merge:{wallet_id}:{n}")
            for wallet_id in (target_id, source_id)
            for n in range(4)
        ]
        results = self.decide(*uses, partial(merge, target_id, source_id))
        self.assertNotIsInstance(results[-1], UserError)
        left = 200 - 30 * self.count_done(results[:-1])
        self.assertSound(target_id, balance=left, available=left)
        self.assertSound(source_id, balance=0, available=0)

    def test_both_jobs_settle_the_same_wallets(self):
        wallet_ids = [self._create_wallet(10)[0] for _number in range(20)]

        def settle(env):
            env["loyalty.b2b.wallet"]._cron_settle()

        for result in self.run_together(settle, settle):
            if isinstance(result, Exception):
                raise result
        with self._environment() as env:
            waiting = [("wallet_id", "in", wallet_ids), ("to_settle", "=", True)]
            self.assertFalse(env["loyalty.b2b.entry"].search_count(waiting))
        self.assertSound(wallet_ids[0], balance=10)

    def test_two_nodes_run_the_daily_steps_at_once(self):
        lapsed = fields.Date.today() - timedelta(days=3)
        wallet_ids = [self._create_wallet(7)[0] for _number in range(5)]
        with self._environment() as env:
            for wallet in env["loyalty.b2b.wallet"].browse(wallet_ids):
                key = f"lapsed:{wallet.id}"
                wallet._open_balance(10, key, date_expiry=lapsed)

        def work(env):
            env["loyalty.b2b.program"]._cron_daily()

        self.decide(work, work)
        for wallet_id in wallet_ids:
            self.assertSound(wallet_id, balance=7, available=7)
