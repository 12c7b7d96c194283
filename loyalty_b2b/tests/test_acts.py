from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestActs(LoyaltyB2bCommon):
    """What acts of choice do to lots, whenever the job settles."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._enrol(cls._create_customer("Inna", "7010001454"))
        cls.today = fields.Date.today()
        cls.soon = cls.today + timedelta(days=10)

    def _settle(self):
        self.wallet._lock()
        self.wallet._settle()

    def test_a_correction_takes_what_expires_first(self):
        late = self._give_points(100)
        soon = self._give_points(100, date_expiry=self.soon)
        self.wallet._adjust(-150, "adjust:1", "counted")
        self.assertEqual((soon.points_open, late.points_open), (0, 50))

    def test_a_correction_may_take_more_than_there_is(self):
        self._give_points(100)
        entry = self.wallet._adjust(-150, "adjust:1", "counted")
        self.assertEqual(entry.points_open, 50)
        self.assertWallet(balance=-50, available=-50)

    def test_release_frees_the_same_points_whenever_the_job_runs(self):
        lots = []
        for name in ("settled", "unsettled"):
            wallet = self.wallet if name == "settled" else self.other
            self._give_points(10, wallet=wallet, date_expiry=self.soon)
            self._give_points(10, wallet=wallet)
            hold = wallet._hold(10, f"hold:{name}")
            wallet._force_redeem(10, f"force:{name}")
            if name == "settled":
                self._settle()
            wallet._release(hold)
            lots.append(wallet.entry_ids.filtered(lambda e: e.points > 0))
        opens = [group.sorted("id").mapped("points_open") for group in lots]
        self.assertEqual(opens, [[10, 0], [10, 0]])

    def test_what_is_given_back_before_settling_keeps_its_last_day_of_use(self):
        lot = self._give_points(10, date_expiry=self.soon)
        used = self.wallet._force_redeem(10, "force:1")
        returned = self.wallet._give_back(used, 10, "return:1")
        self.assertEqual(returned.root_entry_id, lot)
        self.assertEqual(returned.date_expiry, self.soon)
        self.assertWallet(available=10)

    def test_what_is_given_back_after_its_last_day_pays_no_other_debt(self):
        self._give_points(10, date_expiry=self.today)
        hold = self.wallet._hold(10, "hold:1")
        self.wallet._consume(hold)
        self.wallet._force_redeem(5, "force:1")
        with self.on(self.soon):
            self.wallet._invalidate_figures()
            self.wallet._give_back(hold, 10, "return:1")
            self.assertWallet(available=-5, balance=5)

    def test_a_consumed_hold_cannot_be_released_any_more(self):
        self._give_points(100)
        hold = self.wallet._hold(60, "hold:1")
        self.wallet._consume(hold)
        self.wallet._release(hold)
        self.assertEqual(hold.state, "posted")
        self.assertWallet(balance=40, available=40)
        self.assertEqual(self.wallet._verify(), [])

    def test_the_same_event_holds_once(self):
        self._give_points(100)
        hold = self.wallet._hold(40, "hold:1")
        self.assertEqual(self.wallet._hold(40, "hold:1"), hold)
        self.assertWallet(held=40, available=60)

    def test_points_moved_to_another_company_pay_its_debt_at_once(self):
        self._give_points(100)
        debt = self.other._force_redeem(30, "force:1")
        self.wallet._transfer(self.other, 50, "move:1", "agreed")
        self.assertFalse(debt.points_open)
        self.assertWallet(self.other, available=20)

    # === MERGE === #

    def test_merge_moves_uses_of_points_and_holds(self):
        self._give_points(5000, wallet=self.other)
        partner = self.other.partner_id
        order = self._create_order([(self.product, 1, 100.0)], partner=partner)
        redemption = order._use_loyalty_b2b_points(1000)
        self.wallet._merge(self.other)
        self.assertEqual(redemption.wallet_id, self.wallet)
        order.action_confirm()
        self.assertWallet(balance=4000, available=4000, held=0)
        self.assertEqual(self.other.state, "left")

    def test_merged_wallets_add_up_what_caps_gave(self):
        self.program.rule_ids.write({"cap_points": 300, "cap_period": "year"})
        for partner in (self.customer, self.other.partner_id):
            self._create_invoice_of([100.0], partner=partner)
        self.wallet._merge(self.other)
        self.assertFalse(self.wallet._verify())
        self.assertEqual(self._points_of(self._create_invoice_of([500.0])), 100)
        self.assertFalse(self.wallet._verify())

    def test_merged_wallets_pay_each_others_debts(self):
        self._give_points(100)
        self.other._force_redeem(30, "force:1")
        self.wallet._merge(self.other)
        self.assertWallet(available=70, balance=70)
        self.assertEqual(self.wallet._verify(), [])

    def test_a_wallet_that_was_merged_is_not_merged_again(self):
        self.wallet._merge(self.other)
        for target, source in (
            (self.wallet, self.other),
            (self.other, self.wallet),
            (self.wallet, self.wallet),
        ):
            with self.assertRaisesRegex(UserError, "can only be merged"):
                target._merge(source)

    def test_what_was_merged_earlier_follows_to_the_last_survivor(self):
        last = self._enrol(self._create_customer("Trzecia", "5213003700"))
        self.wallet._merge(self.other)
        last._merge(self.wallet)
        self.assertEqual((self.wallet | self.other).merged_into_id, last)
