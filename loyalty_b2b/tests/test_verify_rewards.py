from odoo.tests import tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestVerifyRewards(RewardCommon):
    """*Verify ledger* finds uses of points that what is booked does not bear out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voucher = cls._create_reward("Fuel", 100, kind="voucher", codes_warn=0)
        cls._create_codes(cls.voucher, "AAA", "BBB")
        cls.seat = cls._create_reward("Seat", 100, is_limited=True, stock=5)
        cls.held = cls._redeem(cls._create_reward("Held", 200, must_confirm=True))
        cls.done = cls._redeem(cls.seat, 2)
        cls.given = cls._redeem(cls.voucher)
        cls.ended = cls._redeem(cls.seat)
        cls.ended._cancel_reward("Never mind")
        cls.asked = cls._redeem(cls._create_reward("Big", 100, needs_approval=True))

    def assertFinding(self, text):
        self.env.flush_all()
        (finding,) = self.wallet._verify()
        self.assertEqual(finding["wallet_id"], self.wallet.id)
        self.assertIn(text, finding["message"])
        self.assertEqual(self.wallet._verify_all(), [finding])

    def test_sound_uses_are_clean(self):
        states = (self.held | self.done | self.given | self.ended | self.asked).mapped(
            "state"
        )
        self.assertEqual(
            states, ["reserved", "done", "fulfilled", "cancelled", "approve"]
        )
        self.assertEqual(self.wallet._verify_all(), [])

    def test_a_reserved_use_holds_its_points(self):
        self.wallet._cancel_pending(self.held._get_holds())
        self.assertFinding("of 200 points is “Reserved”, but 0 points are held")

    def test_a_use_that_is_over_holds_nothing(self):
        self.held.state = "draft"
        self.assertFinding("of 200 points is “Draft”, but 200 points are held")

    def test_a_reward_is_not_given_for_nothing(self):
        self.ended.state = "fulfilled"
        self.assertFinding("is “Fulfilled”, but 0 points stand used")

    def test_an_ended_reward_uses_nothing(self):
        self.done.state = "cancelled"
        self.assertFinding("is “Cancelled”, but 200 points stand used")

    def test_a_wish_waits_for_somebody(self):
        self.asked.state = "draft"
        self.assertFinding("is “Draft”, but 1 questions")
        self.asked.state = "approve"
        self.asked.approval_ids.verdict = "accepted"
        self.assertFinding("is “To approve”, but 0 questions")

    def test_a_voucher_has_as_many_codes_as_were_asked_for(self):
        free = (self.voucher.code_ids - self.given.code_ids).sudo()
        free.redemption_id = self.given
        self.assertFinding("of 1 vouchers is “Fulfilled”, but 2 codes")

    def test_an_ended_use_keeps_no_code_that_nobody_has_seen(self):
        free = (self.voucher.code_ids - self.given.code_ids).sudo()
        free.redemption_id = self.ended
        self.assertFinding("of 1 vouchers is “Cancelled”, but 1 codes")

    def test_a_stock_is_what_its_uses_take(self):
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_b2b_reward SET taken = 4 WHERE id = %s", [self.seat.id]
        )
        self.assertFinding("4 are taken of the reward “Seat”, but its uses count 2")
