from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestGoodwill(LoyaltyB2bCommon):
    """Points out of goodwill: within a budget per officer and month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.goodwill_budget = 5000

    def _ask(self, points, user=None, note="Late delivery", **values):
        dialogs = self.env["loyalty.b2b.goodwill"].with_user(user or self.officer)
        return dialogs.create(
            {"wallet_id": self.wallet.id, "points": points, "note": note, **values}
        )

    def _give(self, points, user=None, **values):
        return self._ask(points, user, **values).action_give()

    def test_points_are_a_bonus_with_their_reason(self):
        self._give(500)
        entry = self.wallet.entry_ids
        self.assertEqual(
            (entry.kind, entry.origin, entry.points, entry.note),
            ("bonus", "goodwill", 500, "Late delivery"),
        )
        self.assertEqual(entry.user_id, self.officer)
        self.assertWallet(balance=500, available=500)
        self.assertIn("Goodwill of 500", self.wallet.message_ids[0].body)
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def test_points_expire_as_the_programme_says(self):
        self.program.expiry_months = 12
        with self.on("2026-01-15"):
            self._give(500)
        self.assertEqual(self.wallet.entry_ids.date_expiry, self._day("2027-01-15"))

    def test_the_budget_of_a_month_is_kept_and_what_is_left_is_said(self):
        with self.on("2026-11-10"):
            self._give(3800)
            wizard = self._ask(1201)
            self.assertEqual(
                wizard.budget_text, "1,200 of 5,000 points left in November"
            )
            with self.assertRaisesRegex(UserError, "1,200 of 5,000 points left"):
                wizard.action_give()
            self._give(1200)
            with self.assertRaisesRegex(UserError, "0 of 5,000"):
                self._give(1)
        with self.on("2026-12-01"):
            self._give(5000)
        self.assertEqual(sum(self.wallet.entry_ids.mapped("points")), 10000)

    def test_the_first_gift_keeps_to_the_budget_too(self):
        with self.assertRaises(UserError):
            self._give(5001)
        self.program.goodwill_budget = 0
        with self.assertRaises(UserError):
            self._give(1)
        self.assertFalse(self.wallet.entry_ids)

    def test_each_officer_has_a_budget_of_his_own(self):
        second = self.officer.copy({"login": "second_officer"})
        self._give(5000)
        self._give(5000, second)
        self.assertWallet(balance=10000)

    def test_administrators_have_no_limit(self):
        self._give(50000, self.env.user)
        self.assertIn("no limit", self._ask(1, self.env.user).budget_text)

    def test_a_gift_is_about_an_order_or_invoice_of_the_customer(self):
        order = self._create_order([(self.product, 1, 10.0)])
        self._give(10, document=order.name)
        self.assertEqual(self.wallet.entry_ids.order_name, order.name)
        foreign = self._create_order(
            [(self.product, 1, 10.0)], partner=self._create_customer("Other")
        )
        for number in (foreign.name, "S99999"):
            with self.subTest(number=number), self.assertRaises(UserError):
                self._give(10, document=number)

    def test_what_is_missing_is_asked_for(self):
        for points, note in ((0, "x"), (-5, "x"), (10**13, "x"), (5, " "), (5, False)):
            with self.subTest(points=points, note=note), self.assertRaises(UserError):
                self._give(points, note=note)
        self.assertFalse(self.wallet.entry_ids)

    def test_two_clicks_give_once(self):
        wizard = self._ask(4000)
        wizard.action_give()
        wizard.action_give()
        self.assertWallet(balance=4000)
        self.assertIn("1,000 of", self._ask(1).budget_text)

    def test_salespeople_give_nothing(self):
        with self.assertRaises(AccessError):
            self._ask(5, self.salesperson)
        with self.assertRaises(AccessError):
            self._ask(5).with_user(self.salesperson).action_give()
        self.assertFalse(self.wallet.entry_ids)

    def test_nobody_writes_the_counter(self):
        self._give(10)
        month = self.env["loyalty.b2b.goodwill.month"].search([])
        with self.assertRaises(AccessError):
            month.points = 0
        with self.assertRaises(AccessError):
            month.with_user(self.officer).read(["points"])

    def test_who_left_gets_nothing(self):
        self.wallet.state = "left"
        with self.assertRaisesRegex(UserError, "does not take part"):
            self._give(5)

    def test_the_dialog_shows_the_budget(self):
        dialog = self.env["loyalty.b2b.goodwill"].with_user(self.officer)
        with Form(dialog.with_context(default_wallet_id=self.wallet.id)) as form:
            form.points = 1000
            form.note = "Shown"
            self.assertIn("5,000 of 5,000", form.budget_text)
            self.assertEqual(form.amount, 10.0)
