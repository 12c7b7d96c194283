from datetime import timedelta
from unittest.mock import patch

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestRewardCourse(RewardCommon):
    """From the wish to the handing over, and back."""

    def test_service_uses_the_points_at_once_and_asks_the_responsible(self):
        reward = self._create_reward(user_id=self.officer.id, days_to_fulfil=5)
        use = self._redeem(reward, 2)
        self.assertEqual((use.state, use.points, use.quantity), ("done", 600, 2))
        self.assertEqual(use.date_due, self.program._today() + timedelta(days=5))
        (entry,) = use.entry_ids
        self.assertEqual((entry.kind, entry.state), ("redeem", "posted"))
        self.assertEqual(entry.points, -600)
        self.assertEqual(entry.contact_name, "Jan Lis")
        self.assertIn("2 × Hotline hour", entry.note)
        (activity,) = use.activity_ids
        self.assertEqual(activity.user_id, self.officer)
        self.assertEqual(activity.date_deadline, use.date_due)
        self.assertWallet(balance=400, available=400)

    def test_handing_over_closes_the_activity_and_says_who_and_when(self):
        use = self._redeem(self._create_reward(user_id=self.officer.id))
        use.with_user(self.officer).sudo()._fulfil("Talked for an hour")
        self.assertEqual((use.state, use.fulfilled_by_id), ("fulfilled", self.officer))
        self.assertEqual(use.fulfil_note, "Talked for an hour")
        self.assertTrue(use.date_fulfilled)
        self.assertFalse(use.activity_ids)
        use._fulfil("once more")
        self.assertEqual(use.fulfil_note, "Talked for an hour")

    def test_cancelling_gives_the_points_back_to_the_same_lots(self):
        soon = self._give_points(50, date_expiry=self.program._today())
        late = self.wallet.entry_ids - soon
        reward = self._create_reward(is_limited=True, stock=3)
        use = self._redeem(reward)
        self.assertEqual(reward.taken, 1)
        use._cancel_reward("The trainer is ill")
        use._cancel_reward("Clicked twice")
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(use.cancel_reason, "The trainer is ill")
        returns = use.entry_ids.filtered(lambda entry: entry.kind == "return")
        self.assertEqual(
            {(r.root_entry_id, r.points, r.date_expiry) for r in returns},
            {(soon, 50, soon.date_expiry), (late, 250, late.date_expiry)},
        )
        self.assertEqual(reward.taken, 0)
        self.assertWallet(balance=1050, available=1050)
        self.assertEqual(self.wallet._verify_all(), [])

    def test_staff_confirm_first_where_the_reward_says_so(self):
        reward = self._create_reward(must_confirm=True, user_id=self.officer.id)
        use = self._redeem(reward)
        self.assertEqual(use.state, "reserved")
        self.assertWallet(available=700, held=300)
        self.assertEqual(len(use.activity_ids), 1)
        use.with_user(self.officer).action_confirm_reward()
        use.with_user(self.officer).action_confirm_reward()
        self.assertEqual(use.state, "done")
        self.assertWallet(available=700, held=0, balance=700)

    def test_staff_cannot_confirm_what_the_customer_owes(self):
        use = self._redeem(self._create_reward(must_confirm=True))
        self.wallet._adjust(-800, "correction:1", "Counted twice")
        with self.assertRaisesRegex(UserError, "owes 100 points"):
            use.action_confirm_reward()
        use.invalidate_recordset()
        use._cancel_reward("Points are gone")
        self.assertWallet(balance=200, available=200, held=0)

    def test_staff_cannot_confirm_while_invoices_are_overdue(self):
        use = self._redeem(self._create_reward(must_confirm=True))
        wallets = type(self.wallet)
        with (
            patch.object(wallets, "_get_overdue_refusal", lambda one: "Pay first."),
            self.assertRaisesRegex(UserError, "Pay first."),
        ):
            use.action_confirm_reward()
        self.assertEqual(use.state, "reserved")

    def test_what_is_held_no_more_is_held_anew_before_it_is_given(self):
        use = self._redeem(self._create_reward(must_confirm=True))
        self.wallet._cancel_pending(use._get_holds())
        use.action_confirm_reward()
        self.assertEqual(use.state, "done")
        self.assertWallet(balance=700, available=700, held=0)
        use = self._redeem(self._create_reward(must_confirm=True))
        self.wallet._cancel_pending(use._get_holds())
        self.wallet._adjust(-500, "correction:1", "Counted twice")
        with self.assertRaisesRegex(UserError, "200 points available"):
            use.action_confirm_reward()

    def test_reservation_that_nobody_confirms_lapses(self):
        reward = self._create_reward(must_confirm=True, is_limited=True, stock=1)
        use = self._redeem(reward)
        use.date_hold_end = fields.Datetime.now() - timedelta(hours=1)
        self.env.flush_all()
        self.wallet._release_overdue()
        self.assertEqual((use.state, reward.taken), ("lapsed", 0))
        self.assertWallet(available=1000, held=0)

    def test_same_form_twice_is_one_wish(self):
        reward = self._create_reward()
        first = self._redeem(reward, request_key="abc")
        self.assertEqual(self._redeem(reward, request_key="abc"), first)
        self.assertWallet(available=700)

    def test_wish_that_an_officer_decides_holds_nothing(self):
        reward = self._create_reward(needs_approval=True)
        redemptions = type(self.env["loyalty.b2b.redemption"])

        def ask(redemption, step):
            redemption.state = "approve"
            redemption.approval_ids = [
                (0, 0, {"step": step, "asked_at": fields.Datetime.now()})
            ]

        with patch.object(redemptions, "_ask", ask):
            use = self._redeem(reward, reason="Our hall is new")
        self.assertEqual((use.state, use.reason), ("approve", "Our hall is new"))
        self.assertEqual(use.approval_ids.step, "officer")
        self.assertWallet(available=1000, held=0)
        use.approval_ids.verdict = "accepted"
        use._proceed()
        use._proceed()
        self.assertEqual(use.state, "done")
        self.assertWallet(available=700)

    def test_points_that_are_gone_at_the_answer_are_said(self):
        reward = self._create_reward(needs_approval=True)
        redemptions = type(self.env["loyalty.b2b.redemption"])
        with patch.object(redemptions, "_ask", lambda one, step: None):
            use = self._redeem(reward)
        self._redeem(self._create_reward("Big", 900))
        with self.assertRaisesRegex(UserError, "Hotline hour: 200 points short"):
            use._take_points()

    def test_only_officers_and_the_responsible_hand_over(self):
        use = self._redeem(self._create_reward())
        with self.assertRaises(AccessError):
            use.with_user(self.sales_all).action_fulfil()
        use.responsible_id = self.sales_all
        self.assertTrue(use.with_user(self.sales_all).action_fulfil())
        with self.assertRaises(AccessError):
            use.with_user(self.sales_all).action_cancel_reward()

    def test_step_that_does_not_follow_says_so(self):
        use = self._redeem(self._create_reward(must_confirm=True))
        with self.assertRaisesRegex(UserError, "“Reserved” now"):
            use._fulfil()
        use._cancel_reward("x")
        with self.assertRaisesRegex(UserError, "“Cancelled” now"):
            use._confirm_alone()
