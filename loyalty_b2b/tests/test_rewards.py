from odoo.exceptions import AccessError, ValidationError
from odoo.tests import tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestReward(RewardCommon):
    """What the catalogue keeps, and what it refuses."""

    def test_reward_of_each_kind_says_what_it_lacks(self):
        for kind, word in (
            ("discount", "how much money"),
            ("percent", "percentage"),
            ("product", "choose the product"),
        ):
            with self.subTest(kind), self.assertRaisesRegex(ValidationError, word):
                self._create_reward(kind=kind)

    def test_price_in_money_needs_an_order(self):
        with self.assertRaisesRegex(ValidationError, "needs no order"):
            self._create_reward(price_amount=10.0)

    def test_nobody_types_how_many_are_taken(self):
        with self.assertRaises(AccessError):
            self._create_reward(taken=1)
        reward = self._create_reward()
        with self.assertRaises(AccessError):
            reward.sudo().taken = 3
        rewards = self.env["loyalty.b2b.reward"].with_context(default_taken=7)
        copy = rewards.create(
            {"name": "X", "program_id": self.program.id, "kind": "service", "points": 1}
        )
        self.assertEqual(copy.taken, 0)
