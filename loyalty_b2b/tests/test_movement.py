import io

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from ..report.loyalty_b2b_movement import COLUMNS
from .common import LoyaltyB2bCommon

PARTS = ["opening", *COLUMNS]


@tagged("post_install", "-at_install")
class TestMovement(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a point is worth a third of a grosz: money needs rounding everywhere
        cls.program.rate_ids.write({"points": 300, "amount": 1.0})
        cls.other = cls._create_customer("Budmax", "7010202000")
        cls.second = cls._enrol(cls.other)
        cls._book_a_story()
        cls.auditor = new_test_user(
            cls.env,
            "loyalty_auditor",
            groups="loyalty_b2b.group_loyalty_b2b_auditor",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _book_a_story(cls):
        with cls.on("2026-01-10"):
            cls._give_points(1000)
            cls._give_points(500, date_expiry="2026-02-15")
            cls._give_points(77, cls.second, kind="bonus")
        with cls.on("2026-02-10"):
            hold = cls.wallet._hold(300, "hold:1")
            cls.wallet._consume(hold)
            cls.wallet._give_back(hold, 100, "return:1")
        with cls.on("2026-03-05"):
            cls.wallet._expire()
            cls.wallet._transfer(cls.second, 50, "transfer:1", "Sold a branch")
            cls.second._adjust(-200, "adjust:1", "Returned pallets")
            cls.wallet._hold(10, "hold:2")

    def _prepare(self, user=None, **values):
        return (
            self.env["loyalty.b2b.statement"]
            .with_user(user or self.env.user)
            .create(
                {
                    "program_id": self.program.id,
                    "date_from": "2026-01-01",
                    "date_to": "2026-03-31",
                    **values,
                }
            )
        )

    def assertAddsUp(self, row):
        for figure in ("points", "amounts"):
            parts = sum(row[figure][name] for name in PARTS)
            self.assertAlmostEqual(parts, row[figure]["closing"], 6, (figure, row))

    # === THE VIEW === #

    def test_movements_sum_to_the_balance(self):
        for wallet in self.wallet | self.second:
            rows = self.env["loyalty.b2b.movement"].search(
                [("wallet_id", "=", wallet.id)]
            )
            self.assertEqual(sum(rows.mapped("points")), wallet.balance)
            for row in rows:
                self.assertEqual(sum(row[name] for name in COLUMNS), row.points)

    def test_waiting_entries_do_not_count(self):
        held = self.env["loyalty.b2b.entry"].search([("state", "=", "pending")])
        self.assertTrue(held)
        self.assertFalse(self.env["loyalty.b2b.movement"].browse(held.ids).exists())

    def test_every_kind_of_entry_has_a_column(self):
        kinds = set(self.env["loyalty.b2b.entry"]._fields["kind"].get_values(self.env))
        self.assertEqual(kinds, {kind for kinds in COLUMNS.values() for kind in kinds})

    def test_money_goes_by_the_rate_of_the_day_of_booking(self):
        self.program.rate_ids = [
            Command.create({"date_start": "2026-02-01", "points": 100, "amount": 1.0})
        ]
        rows = self.env["loyalty.b2b.movement"].search(
            [("wallet_id", "=", self.wallet.id)]
        )
        amounts = {row.kind: row.amount for row in rows}
        self.assertAlmostEqual(amounts["redeem"], -3.0)
        first = rows.filtered(lambda row: row.brought_in == 1000)
        self.assertAlmostEqual(first.amount, 1000 / 300, 4)

    # === THE STATEMENT === #

    def test_rows_and_totals_add_up_however_they_are_asked_for(self):
        for by_customer in (True, False):
            for by_month in (True, False):
                with self.subTest(by_customer=by_customer, by_month=by_month):
                    table = self._prepare(
                        by_customer=by_customer, by_month=by_month
                    )._get_table()
                    for row in (*table["rows"], table["total"]):
                        self.assertAddsUp(row)
                    balance = self.wallet.balance + self.second.balance
                    self.assertEqual(table["total"]["points"]["closing"], balance)

    def test_statement_of_a_month_names_every_movement(self):
        table = self._prepare(
            date_from="2026-03-01", partner_ids=[Command.set(self.customer.ids)]
        )._get_table()
        (row,) = table["rows"]
        self.assertEqual(
            row["points"],
            {
                "opening": 1300,
                "brought_in": 0,
                "earned": 0,
                "taken_back": 0,
                "used": 0,
                "given_back": 0,
                "expired": -300,
                "adjusted": 0,
                "transferred": -50,
                "closing": 950,
            },
        )

    def test_months_chain_closing_to_opening(self):
        table = self._prepare(by_month=True)._get_table()
        for before, after in zip(table["rows"], table["rows"][1:], strict=False):
            if before["customer"] == after["customer"]:
                for figure in ("points", "amounts"):
                    self.assertEqual(
                        before[figure]["closing"], after[figure]["opening"]
                    )

    def test_closed_month_prints_the_same_later(self):
        march = {"date_from": "2026-03-01", "date_to": "2026-03-31"}
        before = self._prepare(**march)._get_table()
        with self.on("2026-04-02"):
            self.wallet._adjust(5, "adjust:late", "Later")
            self._give_points(7, date_event="2026-03-15")
        self.assertEqual(self._prepare(**march)._get_table(), before)

    def test_balance_at_a_date_is_what_there_was(self):
        table = self._prepare(what="balance", date_to="2026-02-28")._get_table()
        self.assertEqual([c["name"] for c in table["columns"]], ["closing"])
        self.assertEqual(table["total"]["points"]["closing"], 1300 + 77)

    def test_last_day_comes_after_the_first(self):
        with self.assertRaisesRegex(Exception, "first day"):
            self._prepare(date_to="2025-12-31")

    def test_spreadsheet_holds_the_same_numbers(self):
        content = self._prepare()._get_spreadsheet()
        sheet = openpyxl.load_workbook(io.BytesIO(content)).active
        rows = list(sheet.iter_rows(values_only=True))
        total = [cell for cell in rows[-1] if cell is not None]
        table = self._prepare()._get_table()["total"]
        expected = [table[f][n] for f in ("points", "amounts") for n in table[f]]
        self.assertEqual(sorted(total[-20:]), sorted(expected))

    def test_download_and_paper_are_offered(self):
        wizard = self._prepare(self.auditor)
        self.assertIn("movement_2026-01-01", wizard.action_export()["url"])
        self.assertTrue(wizard.file)
        html, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "loyalty_b2b.report_statement", wizard.ids
        )
        for word in (
            "Hurtownia Wisła",
            "Club",
            "Opening",
            "Closing",
            self.company.name,
        ):
            self.assertIn(word, html.decode())

    # === WHO SEES WHAT === #

    def test_salesperson_sees_own_customers_only(self):
        self.other.user_id = self.sales_all
        rows = self.env["loyalty.b2b.movement"].with_user(self.salesperson).search([])
        self.assertEqual(rows.wallet_id, self.wallet)
        table = self._prepare(self.salesperson)._get_table()
        self.assertEqual(
            [row["customer"] for row in table["rows"]], [self.customer.name]
        )

    def test_auditor_sees_all_of_the_company(self):
        rows = self.env["loyalty.b2b.movement"].with_user(self.auditor).search([])
        self.assertEqual(rows.wallet_id, self.wallet | self.second)

    def test_other_companies_see_nothing(self):
        company = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "loyalty_stranger",
            groups="loyalty_b2b.group_loyalty_b2b_auditor",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        movements = self.env["loyalty.b2b.movement"].with_user(stranger)
        self.assertFalse(movements.search([]))
        with self.assertRaises(AccessError):
            self._prepare(self.auditor).with_user(stranger)._get_table()

    def test_users_without_a_role_are_refused(self):
        nobody = new_test_user(self.env, "loyalty_nobody", groups="base.group_user")
        with self.assertRaises(AccessError):
            self.env["loyalty.b2b.movement"].with_user(nobody).search([])
        with self.assertRaises(AccessError):
            self._prepare(nobody)
