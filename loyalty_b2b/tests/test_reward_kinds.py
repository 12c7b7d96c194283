from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestRewardKinds(RewardCommon):
    """Each kind that needs no order: what it writes, what cancels it, what it does to
    the ledger. One test for each row of docs/rewards.md."""

    def assertGivenBack(self, use):
        """Cancel a use; the points are back, and the ledger says so."""
        use._cancel_reward("Test")
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(sum(use.entry_ids.mapped("points")), 0)
        self.assertEqual(
            use.entry_ids.sorted("id").mapped("kind"), ["redeem", "return"]
        )
        self.assertWallet(balance=1000, available=1000)
        self.assertEqual(self.wallet._verify_all(), [])

    def test_access_takes_seats_and_says_who_comes(self):
        day = fields.Datetime.now() + timedelta(days=30)
        seats = self._create_reward(
            "Training", kind="access", date_event=day, is_limited=True, stock=3
        )
        use = self._redeem(seats, 2, attendees="Jan Lis\nEwa Kot")
        self.assertEqual((use.state, seats.left), ("done", 1))
        self.assertEqual(use.date_due, self.program._local_day(day))
        self.assertEqual(use.attendees, "Jan Lis\nEwa Kot")
        with self.assertRaisesRegex(UserError, "Training: only 1 left"):
            self._redeem(seats, 2)
        self.assertWallet(balance=400, available=400)
        self.assertGivenBack(use)
        self.assertEqual(seats.left, 3)

    def test_more_names_than_seats_are_refused(self):
        seats = self._create_reward("Training", kind="access")
        with self.assertRaisesRegex(UserError, "3 names for 2"):
            self._redeem(seats, 2, attendees="Jan\n\nEwa\n Ola ")
        use = self._redeem(seats, 2, attendees=" Jan\t Lis \n\nEwa\x00Kot")
        self.assertEqual(use.attendees, "Jan Lis\nEwa Kot")

    def test_service_is_handed_over_by_the_responsible(self):
        use = self._redeem(self._create_reward(user_id=self.officer.id))
        self.assertEqual((use.state, use.responsible_id), ("done", self.officer))
        self.assertEqual(use.activity_ids.user_id, self.officer)
        self.assertGivenBack(use)
        self.assertFalse(use.activity_ids)

    def test_subscription_runs_from_the_day_of_its_use(self):
        today = self.program._today()
        use = self._redeem(self._create_reward(kind="subscription", months=6))
        end = today + relativedelta(months=6) - timedelta(days=1)
        self.assertEqual((use.state, use.date_until), ("done", end))
        self.assertGivenBack(use)

    def test_voucher_hands_its_code_over_at_once(self):
        reward = self._create_reward(kind="voucher", codes_warn=0)
        self._create_codes(reward, "FUEL-0001")
        use = self._redeem(reward)
        self.assertEqual(use.state, "fulfilled")
        self.assertEqual(use.code_ids.code, "FUEL-0001")
        self.assertGivenBack(use)
        self.assertEqual(reward.codes_left, 0)

    def test_enablement_ends_with_its_capacity(self):
        reward = self._create_reward(
            "Leaflet", kind="enablement", is_limited=True, stock=1, must_confirm=True
        )
        use = self._redeem(reward)
        self.assertEqual((use.state, reward.availability), ("reserved", "sold_out"))
        (entry,) = use.entry_ids
        self.assertEqual((entry.kind, entry.state), ("redeem", "pending"))
        with self.assertRaisesRegex(UserError, "Leaflet: sold out"):
            self._redeem(reward)
        use._cancel_reward("No room in the leaflet")
        self.assertEqual((entry.state, reward.left), ("cancelled", 1))
        self.assertWallet(balance=1000, available=1000, held=0)

    def test_what_was_handed_over_is_not_put_back_into_stock(self):
        reward = self._create_reward(is_limited=True, stock=2)
        use = self._redeem(reward)
        use._fulfil()
        self.assertGivenBack(use)
        self.assertEqual(reward.left, 1)

    def test_stock_cannot_be_set_below_what_is_taken(self):
        reward = self._create_reward(is_limited=True, stock=2, points=10)
        self._redeem(reward, 2)
        with self.assertRaisesRegex(UserError, "2 are taken already"):
            reward.stock = 1

    def test_product_of_an_exclusive_reward_is_not_for_sale(self):
        with self.assertRaisesRegex(UserError, "Drill.*untick"):
            self._create_reward(
                kind="product", product_id=self.product.id, is_exclusive=True
            )
        self.product.sale_ok = False
        self.assertTrue(
            self._create_reward(
                kind="product", product_id=self.product.id, is_exclusive=True
            )
        )
