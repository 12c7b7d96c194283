from datetime import timedelta

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestVoucher(RewardCommon):
    """Codes of somebody else: each is handed out once, and never after its end."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voucher = cls._create_reward("Fuel", 100, kind="voucher", codes_warn=0)

    def test_voucher_is_handed_over_with_its_code_at_once(self):
        self._create_codes(self.voucher, "AAA", "BBB")
        use = self._redeem(self.voucher, 2)
        self.assertEqual(use.state, "fulfilled")
        self.assertEqual(use.code_ids.mapped("code"), ["AAA", "BBB"])
        self.assertTrue(all(use.code_ids.mapped("date_shown")))
        self.assertFalse(use.activity_ids)
        self.assertWallet(available=800)

    def test_codes_that_end_first_go_first_and_ended_ones_never(self):
        today = self.program._today()
        self._create_codes(self.voucher, "LATE", date_end=today + timedelta(days=90))
        self._create_codes(self.voucher, "SOON", date_end=today)
        self._create_codes(self.voucher, "GONE", date_end=today - timedelta(days=1))
        self.assertEqual(self.voucher.codes_left, 2)
        self.assertEqual(self._redeem(self.voucher).code_ids.code, "SOON")
        self.assertEqual(self._redeem(self.voucher).code_ids.code, "LATE")
        self.assertEqual(self._texts(self.voucher), ["sold out"])
        with self.assertRaisesRegex(UserError, "Fuel: sold out"):
            self._redeem(self.voucher)

    def test_one_wish_takes_one_code_whatever_the_statistics_say(self):
        self.env.cr.execute("ANALYZE loyalty_b2b_reward_code")
        self._create_codes(self.voucher, *[f"CODE{number:04}" for number in range(40)])
        self.assertEqual(
            self._redeem(self.voucher).code_ids.mapped("code"), ["CODE0000"]
        )
        self.assertEqual(self.voucher.codes_left, 39)

    def test_code_that_was_shown_goes_to_nobody_else(self):
        self._create_codes(self.voucher, "AAA")
        use = self._redeem(self.voucher)
        use._cancel_reward("The shop did not take it")
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(use.code_ids.code, "AAA")
        self.assertEqual(self.voucher.codes_left, 0)
        self.assertWallet(available=1000)

    def test_code_that_nobody_has_seen_goes_back_to_the_pool(self):
        self.voucher.must_confirm = True
        self._create_codes(self.voucher, "AAA")
        use = self._redeem(self.voucher)
        self.assertEqual((use.state, self.voucher.codes_left), ("reserved", 0))
        use._cancel_reward("Never mind")
        self.assertEqual(self.voucher.codes_left, 1)
        self.assertFalse(use.code_ids)

    def test_code_that_ended_while_it_was_set_aside_is_not_sold(self):
        self.voucher.must_confirm = True
        self._create_codes(self.voucher, "OLD", date_end=self.program._today())
        use = self._redeem(self.voucher)
        old = use.code_ids
        old.date_end -= timedelta(days=1)
        with self.assertRaisesRegex(UserError, "Fuel: 0 codes are left"):
            use.action_confirm_reward()
        use.invalidate_recordset()
        self._create_codes(self.voucher, "NEW")
        use.action_confirm_reward()
        self.assertEqual((use.state, use.code_ids.code), ("fulfilled", "NEW"))
        self.assertFalse(old.redemption_id)

    def test_responsible_is_told_once_when_few_are_left(self):
        self.voucher.write({"codes_warn": 3, "user_id": self.officer.id})
        self._create_codes(self.voucher, "A", "B", "C", "D")
        self._redeem(self.voucher)
        self.assertFalse(self.voucher.activity_ids)
        self._redeem(self.voucher)
        self._redeem(self.voucher)
        self.assertEqual(self.voucher.activity_ids.user_id, self.officer)
        self.assertEqual(len(self.voucher.activity_ids), 1)

    def test_codes_are_hidden_from_who_does_not_hand_them_out(self):
        self._create_codes(self.voucher, "AAA")
        use = self._redeem(self.voucher)
        with self.assertRaises(AccessError):
            use.with_user(self.sales_all).read(["code_ids"])
        with self.assertRaises(AccessError):
            use.sudo().code_ids.with_user(self.sales_all).read(["code"])
