from datetime import timedelta

from odoo import fields
from odoo.tests import tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestNextRewards(RewardCommon):
    """The best reward within reach, the nearest one, and one of a liked kind."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hour = cls._create_reward("Hour", 300)
        cls.day = cls._create_reward("Day", 900)
        cls.week = cls._create_reward("Week", 1500)
        cls.month = cls._create_reward("Month", 9000)

    def _get_next(self, partner=None):
        self.env.invalidate_all()
        rows = self.wallet._get_next_rewards(partner)
        return {row["why"]: (row["name"], row["missing"]) for row in rows}

    def test_best_within_reach_and_the_nearest_one(self):
        self.assertEqual(
            self._get_next(), {"now": ("Day", 0), "nearest": ("Week", 500)}
        )
        (now, nearest) = self.wallet._get_next_rewards()
        self.assertEqual(now["text"], "To be had now for 900 points")
        self.assertEqual(nearest["text"], "500 of 1,500 points missing")
        self.assertEqual(now["reward_id"], self.day.id)

    def test_what_cannot_be_had_for_another_reason_is_no_next_one(self):
        gone = fields.Date.today() - timedelta(days=1)
        self.day.date_end = gone
        self.week.write({"is_limited": True, "stock": 0})
        self.assertEqual(
            self._get_next(), {"now": ("Hour", 0), "nearest": ("Month", 8000)}
        )

    def test_one_of_a_kind_that_was_used_before(self):
        course = self._create_reward("Course", 400, kind="access")
        self._create_reward("Fair", 700, kind="access")
        self._use(course)
        self.assertEqual(self._get_next()["again"], ("Fair", 0))
        self.assertEqual(self._get_next()["now"], ("Day", 0))

    def test_a_gift_is_for_a_person_and_not_suggested(self):
        self.company.loyalty_b2b_gifts = True
        self._create_reward("Watch", 1000, kind="gift", value=10.0, cost=10.0)
        self.assertEqual(self._get_next()["now"], ("Day", 0))

    def test_who_has_to_ask_is_told_all_the_same(self):
        self.assertEqual(self._get_next(self.buyer)["now"], ("Day", 0))

    def test_nothing_while_no_points_can_be_used(self):
        self.wallet.state = "invited"
        self.assertFalse(self._get_next())
        self.wallet.sudo().write({"state": "active", "is_control": True})
        self.assertFalse(self._get_next())

    def test_rewards_of_another_programme_are_not_offered(self):
        self.company.loyalty_b2b_several_programs = True
        other = self._create_program(name="Other")
        self._create_reward("Foreign", 950, program_id=other.id)
        self.assertEqual(self._get_next()["now"], ("Day", 0))

    def test_programme_counts_its_rewards_and_leads_to_them(self):
        self.hour.active = False
        program = self.program.with_user(self.salesperson)
        self.assertEqual(program.reward_count, 3)
        action = program.action_view_rewards()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.day | self.week | self.month)

    def test_costs_the_same_for_few_and_many_rewards(self):
        few = self._count()
        for number in range(10):
            self._create_reward(f"Reward {number}", 100 + number)
        self.assertEqual(self._count(), few)
        self.assertLessEqual(few, 16)

    def _count(self):
        for _turn in ("warm up", "measure"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.wallet._get_next_rewards()
        return self.cr.sql_log_count - before

    def _use(self, reward):
        return (
            self.env["loyalty.b2b.redemption"]
            .sudo()
            .create(
                {
                    "wallet_id": self.wallet.id,
                    "partner_id": self.customer.id,
                    "reward_id": reward.id,
                    "points": reward.points,
                    "currency_id": self.currency.id,
                    "state": "done",
                }
            )
        )
