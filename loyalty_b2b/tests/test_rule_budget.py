from datetime import timedelta

from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestRuleBudget(LoyaltyB2bCommon):
    """A budget warns at 80 % and ends its rule the day after it is used up."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.rule = cls.program.rule_ids
        cls.rule.budget_points = 1000
        cls.today = cls.program._today()

    def _run(self):
        self.env.invalidate_all()
        self.program._daily_budgets()

    def test_nothing_below_the_warning(self):
        self._create_invoice_of([799.0])
        self._run()
        self.assertFalse(self.program.activity_ids)
        self.assertFalse(self.rule.date_end)

    def test_warning_once(self):
        self._create_invoice_of([800.0])
        self._run()
        self._run()
        self.assertEqual(len(self.program.activity_ids), 1)
        self.assertIn("800 of 1,000", self.program.activity_ids.summary)
        self.assertFalse(self.rule.date_end)

    def test_a_credit_note_calms_it(self):
        move = self._create_invoice_of([900.0])
        self._run()
        self._credit(move, [500.0])
        self._run()
        self.assertFalse(self.rule.budget_warned)

    def test_the_rule_ends_the_day_after(self):
        self._create_invoice_of([1000.0])
        self._run()
        self.assertEqual(self.rule.date_end, self.today)
        tomorrow = self.today + timedelta(days=1)
        move = self._create_invoice_of([10.0], invoice_date=self.today)
        late = self._create_invoice_of([10.0], invoice_date=tomorrow)
        self.assertEqual([self._points_of(one) for one in move], [10])
        self.assertEqual(self._points_of(late), 0)
        self._run()
        self.assertEqual(len(self.program.activity_ids), 1)

    def test_versions_share_a_budget(self):
        yesterday = self.today - timedelta(days=1)
        self._create_invoice_of([600.0], invoice_date=yesterday)
        version = self.rule._create_version(self.today, points=2)
        self._create_invoice_of([200.0])
        self._run()
        self.assertEqual(version.budget_used, 1000)
        self.assertEqual(version.date_end, self.today)
