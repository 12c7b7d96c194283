from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestContactMerge(LoyaltyB2bCommon):
    """Odoo's contact merge crashes or deletes rows with wallets on both sides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls._create_customer("Hurtownia Wisla", "7010023456")
        cls.other_wallet = cls._enrol(cls.twin)
        cls._give_points(100)
        cls._give_points(40, cls.other_wallet, date_expiry="2099-05-01")

    def _merge(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()

    def assertMerged(self, wallet, emptied):
        self.assertWallet(wallet, balance=140, available=140)
        self.assertWallet(emptied, balance=0)
        self.assertEqual(emptied.state, "left")
        self.assertEqual(emptied.merged_into_id, wallet)
        self.assertEqual(len(wallet.participant_ids), 1)
        self.assertFalse(wallet._verify())

    def test_wallets_on_both_sides(self):
        self._merge(self.twin, self.customer)
        self.assertMerged(self.wallet, self.other_wallet)
        self.assertEqual(self.wallet.participant_ids.partner_id, self.customer)

    def test_wallets_on_both_sides_the_other_way_round(self):
        self._merge(self.customer, self.twin)
        self.assertMerged(self.other_wallet, self.wallet)
        self.assertEqual(self.other_wallet.partner_id, self.twin)

    def test_a_held_quotation_moves_with_its_lots(self):
        hold = self.other_wallet._hold(30, "hold:1")
        self._merge(self.twin, self.customer)
        self.assertEqual(hold.wallet_id, self.wallet)
        self.assertWallet(available=110, held=30, balance=140)
        self.wallet._consume(hold)
        self.assertWallet(available=110, balance=110)

    def test_debt_of_one_is_paid_by_the_other(self):
        self.other_wallet._adjust(-90, "adjust:1", "Error")
        self._merge(self.twin, self.customer)
        self.assertWallet(available=50, balance=50)

    def test_wallet_only_on_the_side_that_goes(self):
        newcomer = self._create_customer("Wisła Nowa", "8990011223")
        self._merge(self.twin, newcomer)
        self.assertEqual(self.other_wallet.partner_id, newcomer)
        self.assertEqual(self.other_wallet.participant_ids.partner_id, newcomer)
        self._create_invoice_of([10.0], partner=newcomer)
        self.assertWallet(self.other_wallet, balance=50)

    def test_merged_history_names_the_wallet_that_came(self):
        self._merge(self.twin, self.customer)
        memo = self.wallet.entry_ids.filtered(lambda e: not e.points)
        self.assertIn("Hurtownia Wisla", memo.note)
