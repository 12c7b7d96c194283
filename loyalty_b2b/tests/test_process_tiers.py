from functools import partial

from odoo import Command, fields
from odoo.tests import tagged

from ..models.program_tier_screens import BY_DIALOG
from .process_common import ProcessCase
from .test_process_bonuses import settle
from .test_process_documents import post


def review(program_id, env):
    """Run the daily step of levels, as one of two nodes does."""
    env["loyalty.b2b.program"].browse(program_id)._daily_tiers()


def set_tier(wallet_id, tier_id, env):
    wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
    wallet._set_tier(env["loyalty.b2b.tier"].browse(tier_id), "Contract")


@tagged("post_install", "-at_install")
class TestProcessTiers(ProcessCase):
    """Levels that several connections decide on at the same moment."""

    @classmethod
    def _prepare_company(cls, env):
        super()._prepare_company(env)
        program = env["loyalty.b2b.program"].browse(cls.program_id)
        program.tier_ids = [
            Command.create({"name": "Silver", "threshold": 500}),
            Command.create({"name": "Gold", "threshold": 1000}),
        ]
        cls.silver_id, cls.gold_id = program.tier_ids.ids

    def _buy(self, partner_id, amount):
        with self._environment() as env:
            vals = self._prepare_invoice(partner_id, amount)
            move_id = env["account.move"].create(vals).id
        self._request(partial(post, move_id))

    def _get_history(self, wallet_id):
        with self._environment() as env:
            wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
            changes = wallet.tier_change_ids.sorted("id")
            self.assertEqual(wallet._verify(), [])
            return [(row.cause, row.tier_to_id.id) for row in changes]

    def test_settling_and_the_night_give_a_level_once(self):
        wallet_id, partner_id = self._create_wallet()
        self._buy(partner_id, 600.0)
        self.decide(settle, partial(review, self.program_id))
        with self._environment() as env:
            settle(env)
        self.assertEqual(self._get_history(wallet_id), [("reached", self.silver_id)])

    def test_two_nodes_review_once(self):
        """A level of last year, granted without a grace: it falls by one."""
        with self._environment() as env:
            program = env["loyalty.b2b.program"].browse(self.program_id)
            program.with_context(loyalty_b2b_thresholds=BY_DIALOG).tier_grace_days = 0
        wallet_id, partner_id = self._create_wallet()
        self._buy(partner_id, 600.0)
        with self._environment() as env:
            settle(env)
            today = fields.Date.today()
            env.cr.execute(
                "UPDATE loyalty_b2b_wallet SET tier_until = %s, tier_id = %s,"
                " tier_earned_id = %s WHERE id = %s",
                [f"{today.year - 1}-12-31", self.gold_id, self.gold_id, wallet_id],
            )
        self.decide(partial(review, self.program_id), partial(review, self.program_id))
        self.assertEqual(
            self._get_history(wallet_id),
            [("reached", self.silver_id), ("lost", self.silver_id)],
        )

    def test_a_level_by_hand_while_the_wallet_is_settled(self):
        wallet_id, partner_id = self._create_wallet()
        self._buy(partner_id, 600.0)
        results = self.decide(partial(set_tier, wallet_id, self.gold_id), settle)
        self.assertEqual(self.count_done(results), 2)
        with self._environment() as env:
            settle(env)
        self.assertCountEqual(
            self._get_history(wallet_id),
            [("manual", self.gold_id), ("reached", self.silver_id)],
        )
