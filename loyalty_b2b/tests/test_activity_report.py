from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools.misc import file_open

from .test_activities import ActivityCommon

HEAD = ["customer", "type_id", "date", "reference", "key"]


@tagged("post_install", "-at_install")
class TestActivityReport(ActivityCommon):
    """Activities that come from lists and from other systems, each only once."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.training.code = "training"
        cls.customer.ref = "K-17"

    def _call(self, user=None, **values):
        acts = self.env["loyalty.b2b.activity"].with_user(user or self.officer)
        return acts.report_activity(
            {"key": "a-1", "type": "training", "customer": "5260001246", **values}
        )

    def _load(self, *rows, user=None):
        acts = self.env["loyalty.b2b.activity"].with_user(user or self.officer)
        return acts.with_context(import_file=True).load(HEAD, [list(r) for r in rows])

    def _count(self):
        return self.env["loyalty.b2b.activity"].search_count([])

    # === OTHER SYSTEMS === #

    def test_a_report_books_and_answers(self):
        result = self._call(date="2026-01-05", quantity=2, reference="TR-7")
        act = self.env["loyalty.b2b.activity"].browse(result["id"])
        self.assertEqual(
            result,
            {"id": act.id, "state": "booked", "points": 200, "repeated": False},
        )
        self.assertEqual(act.entry_id.key, f"api:{self.program.id}:a-1")
        self.assertWallet(balance=200)
        self.assertClean()

    def test_a_repeated_call_returns_the_first_result(self):
        first = self._call()
        again = self._call()
        self.assertEqual(again, {**first, "repeated": True})
        self.assertEqual(self._count(), 1)
        self.assertWallet(balance=100)

    def test_one_key_with_another_content_is_refused(self):
        self._call()
        for values in ({"quantity": 2}, {"date": "2026-01-01"}, {"customer": "K-17"}):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, "key a-1 was used for another"),
            ):
                self._call(**values)
        self.assertWallet(balance=100)

    def test_customers_are_found_by_tax_id_reference_and_name(self):
        codes = ("PL 526-000-12-46", "5260001246", "K-17", self.customer.name)
        for number, code in enumerate(codes):
            with self.subTest(code=code):
                self._call(key=f"c-{number}", customer=code)
        self.assertWallet(balance=400)

    def test_what_waits_for_approval_says_so(self):
        self.training.needs_approval = True
        result = self._call()
        self.assertEqual((result["state"], result["points"]), ("draft", 0))
        act = self.env["loyalty.b2b.activity"].browse(result["id"])
        act.with_user(self.officer).action_approve()
        self.assertEqual(self._call()["points"], 100)

    def test_reports_that_cannot_be_read_are_refused_in_words(self):
        for values, words in (
            ({"key": ""}, "Report the key"),
            ({"key": 7}, "Report the key"),
            ({"key": "x" * 201}, "at most 200"),
            ({"type": "unknown"}, "has the code unknown"),
            ({"customer": "Nobody"}, "There is no customer"),
            ({"date": "2026-02-31"}, "is no date"),
            ({"date": "2999-01-01"}, "has not happened yet"),
            ({"quantity": 1.5}, "whole number"),
            ({"quantity": True}, "whole number"),
            ({"points": 5000}, "has no points"),
        ):
            with (
                self.subTest(values=values),
                self.assertRaisesRegex(UserError, words),
                self.env.cr.savepoint(),
            ):
                self._call(**values)
        with self.assertRaises(UserError):
            self.env["loyalty.b2b.activity"].with_user(self.officer).report_activity(1)
        self.assertEqual(self._count(), 0)

    def test_limits_hold_for_reports(self):
        self.training.write({"limit_count": 1, "limit_period": "year"})
        self._call()
        with self.assertRaisesRegex(UserError, "has reached the limit"):
            self._call(key="a-2")

    def test_two_customers_of_one_name_are_told_apart(self):
        twin = self._create_customer(self.customer.name, "1234567883")
        self._enrol(twin)
        with self.assertRaisesRegex(UserError, "several customers"):
            self._call(customer=self.customer.name)
        self._call(customer="1234567883")

    def test_who_takes_no_part_is_named(self):
        self._create_customer("Outside", "1234567883")
        with self.assertRaisesRegex(UserError, "does not take part"):
            self._call(customer="1234567883")

    def test_only_officers_report_for_other_systems(self):
        with self.assertRaises(AccessError):
            self._call(self.salesperson)
        self.assertEqual(self._count(), 0)

    # === LISTS === #

    def test_a_list_is_booked_row_by_row(self):
        result = self._load(
            ["PL5260001246", "Training", "2026-01-05", "TR-7", "k1"],
            ["K-17", "Training", "2026-01-06", "TR-8", "k2"],
        )
        self.assertFalse(result["messages"])
        acts = self.env["loyalty.b2b.activity"].browse(result["ids"])
        self.assertEqual(acts.mapped("state"), ["booked", "booked"])
        self.assertEqual(acts.mapped("entry_id.date_event"), acts.mapped("date"))
        self.assertWallet(balance=200)
        self.assertClean()

    def test_the_same_list_twice_books_nothing(self):
        row = ["K-17", "Training", "2026-01-06", "TR-8", "k2"]
        first = self._load(row, row)
        again = self._load(row)
        self.assertEqual(first["ids"], again["ids"] * 2)
        self.assertWallet(balance=100)

    def test_rows_in_error_are_named_and_nothing_is_booked(self):
        result = self._load(
            ["K-17", "Training", "2026-01-06", "TR-8", "k1"],
            ["Nobody", "Training", "2026-01-06", "TR-8", "k2"],
            ["K-17", "Training", "2999-01-06", "TR-8", "k3"],
        )
        self.assertFalse(result["ids"])
        errors = {
            message["record"]: message["message"] for message in result["messages"]
        }
        self.assertIn("There is no customer", errors[1])
        self.assertIn("has not happened yet", errors[2])
        self.assertEqual(self._count(), 0)

    def test_a_salesperson_s_list_is_of_own_customers(self):
        self._enrol(self._create_customer("Foreign", user_id=self.sales_all.id))
        row = ["Training", "2026-01-06", "TR-8"]
        mine = self._load(["K-17", *row, "k1"], user=self.salesperson)
        acts = self.env["loyalty.b2b.activity"].browse(mine["ids"])
        self.assertEqual(acts.state, "draft")
        foreign = self._load(["Foreign", *row, "k2"], user=self.salesperson)
        self.assertTrue(foreign["messages"])

    def test_the_list_to_fill_in_can_be_loaded(self):
        acts = self.env["loyalty.b2b.activity"].with_user(self.officer)
        (template,) = acts.get_import_templates()
        self.assertTrue(template["template"].endswith("activities.xlsx"))

    def test_the_list_to_fill_in_goes_through_odoo_s_import(self):
        if "base_import.import" not in self.env:
            self.skipTest("needs Odoo's import of lists")
        path = "loyalty_b2b/static/xls/activities.xlsx"
        with file_open(path, "rb") as file:
            content = file.read()
        imports = self.env["base_import.import"].with_user(self.officer)
        wizard = imports.create(
            {
                "res_model": "loyalty.b2b.activity",
                "file": content,
                "file_name": "activities.xlsx",
                "file_type": "application/vnd.openxmlformats-officedocument"
                ".spreadsheetml.sheet",
            }
        )
        options = {"quoting": '"', "has_headers": True, "date_format": "%Y-%m-%d"}
        preview = wizard.parse_preview(options)
        names = [preview["matches"][place][0] for place in range(6)]
        self.assertEqual(names, preview["headers"])
        self.training.name = "Product training"
        result = wizard.execute_import(names, preview["headers"], preview["options"])
        self.assertFalse(result["messages"], result)
        act = self.env["loyalty.b2b.activity"].browse(result["ids"])
        self.assertEqual((act.wallet_id, act.state), (self.wallet, "booked"))
