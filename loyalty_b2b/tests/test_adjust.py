from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestAdjust(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.adjustment_limit = 1000
        cls.admin = new_test_user(
            cls.env,
            "loyalty_admin",
            groups="sales_team.group_sale_salesman_all_leads,"
            "loyalty_b2b.group_loyalty_b2b_admin",
            company_id=cls.company.id,
            company_ids=cls.company.ids,
        )

    def _ask(self, user, points, note="Agreed by phone", wallet=None):
        return (
            self.env["loyalty.b2b.adjust"]
            .with_user(user)
            .create(
                {
                    "wallet_id": (wallet or self.wallet).id,
                    "points": points,
                    "note": note,
                }
            )
        )

    def test_officer_gives_points_with_a_reason(self):
        self._ask(self.officer, 500).action_adjust()
        self.assertWallet(balance=500, available=500)
        entry = self.wallet.entry_ids
        self.assertEqual(entry.kind, "adjust")
        self.assertEqual(entry.note, "Agreed by phone")
        self.assertEqual(entry.user_id, self.officer)
        self.assertTrue(entry.date_expiry)

    def test_officer_takes_points_off_and_the_rest_is_owed(self):
        self._give_points(100)
        self._ask(self.officer, -150).action_adjust()
        self.assertWallet(balance=-50, available=-50)

    def test_chatter_names_points_reason_and_author(self):
        self._ask(self.officer, -150).action_adjust()
        message = self.wallet.message_ids[0]
        self.assertIn("-150", message.body)
        self.assertIn("Agreed by phone", message.body)
        self.assertEqual(message.author_id, self.officer.partner_id)

    def test_officer_is_limited_and_administrator_is_not(self):
        for points in (1001, -1001):
            with self.subTest(points=points), self.assertRaises(UserError):
                self._ask(self.officer, points).action_adjust()
        self.assertWallet(balance=0)
        self._ask(self.admin, 1001).action_adjust()
        self.assertWallet(balance=1001)

    def test_salesperson_may_not_even_ask(self):
        with self.assertRaises(AccessError):
            self._ask(self.salesperson, 5)

    def test_salesperson_may_not_use_the_dialog_of_an_officer(self):
        wizard = self._ask(self.officer, 5)
        with self.assertRaises(AccessError):
            wizard.with_user(self.salesperson).action_adjust()
        self.assertWallet(balance=0)

    def test_officer_of_another_company_is_refused(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "loyalty_stranger",
            groups="loyalty_b2b.group_loyalty_b2b_officer",
            company_id=other.id,
            company_ids=other.ids,
        )
        with self.assertRaises(AccessError):
            self._ask(stranger, 5).action_adjust()
        self.assertWallet(balance=0)

    def test_reason_and_points_are_asked_for(self):
        for points, note in ((5, " "), (5, False), (0, "Nothing")):
            with self.subTest(points=points, note=note), self.assertRaises(UserError):
                self._ask(self.officer, points, note).action_adjust()

    def test_two_clicks_book_once(self):
        wizard = self._ask(self.officer, 5)
        wizard.action_adjust()
        wizard.action_adjust()
        self.assertWallet(balance=5)
        self.assertEqual(len(self.wallet.entry_ids), 1)

    def test_dialog_shows_what_will_be_available(self):
        self._give_points(100)
        dialog = self.env["loyalty.b2b.adjust"].with_user(self.officer)
        with Form(dialog.with_context(default_wallet_id=self.wallet.id)) as form:
            form.points = -30
            form.note = "Shown"
            self.assertEqual(form.points_after, 70)
            self.assertEqual(form.amount, -0.3)
            self.assertTrue(form.is_limited)
