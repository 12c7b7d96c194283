from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestRightsDialogs(LoyaltyB2bCommon):
    """What a salesperson (*User*) does not get by a dialog, however it is reached."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._create_user("admin", "loyalty_b2b.group_loyalty_b2b_admin")
        cls.auditor = cls._create_user("audit", "account.group_account_readonly")
        cls.nobody = cls._create_user("nobody", "base.group_user")
        cls.foreign_customer = cls._create_customer(
            "Cudzy klient", "7010023456", user_id=cls.sales_all.id
        )
        cls.foreign_wallet = cls._enrol(cls.foreign_customer)
        cls._give_points(100)
        cls._give_points(70, cls.foreign_wallet)

    @classmethod
    def _create_user(cls, name, groups):
        return new_test_user(
            cls.env,
            f"dialogs_{name}",
            groups=f"base.group_user,{groups}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _create_dialog(self, user, model, **values):
        dialogs = self.env[model].with_user(user)
        return dialogs.create({"program_id": self.program.id, **values})

    def _create_step(self, user, step="close"):
        return self._create_dialog(user, "loyalty.b2b.program.step", step=step)

    def _create_statement(self, user, **values):
        values = {"date_from": "2015-01-01", "date_to": "2099-12-31", **values}
        return self._create_dialog(user, "loyalty.b2b.statement", **values)

    # === CLOSING A PROGRAMME === #

    def test_only_administrators_open_the_closing_of_a_programme(self):
        for user in (self.salesperson, self.officer, self.auditor, self.nobody):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._create_step(user)
        dialog = self._create_step(self.admin)
        self.assertTrue(dialog.date_last_use)

    def test_a_dialog_of_an_administrator_closes_nothing_for_a_salesperson(self):
        dialog = self._create_step(self.admin)
        for user in (self.salesperson, self.officer):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    dialog.with_user(user).action_apply()
                with self.assertRaises(AccessError):
                    dialog.with_user(user).read(["program_id"])
        self.assertEqual(self.program.state, "running")

    def test_a_salesperson_does_not_close_by_the_button_or_a_new_state(self):
        program = self.program.with_user(self.salesperson)
        with self.assertRaises(AccessError):
            Form(
                self.env["loyalty.b2b.program.step"]
                .with_user(self.salesperson)
                .with_context(**self.program.action_close()["context"])
            )
        with self.assertRaises(AccessError):
            program.write({"state": "closing"})

    # === POINTS STATEMENT === #

    def test_a_statement_is_refused_to_those_outside_of_the_programme(self):
        with self.assertRaises(AccessError):
            self._create_statement(self.nobody)

    def test_a_statement_tells_a_salesperson_of_own_customers_only(self):
        for by_customer in (True, False):
            statement = self._create_statement(
                self.salesperson, by_customer=by_customer
            )
            total = statement._get_table()["total"]
            self.assertEqual(total["points"]["closing"], 100)
        self.assertEqual(
            self._create_statement(self.auditor)._get_table()["total"]["points"][
                "closing"
            ],
            170,
        )

    def test_a_statement_of_a_customer_of_somebody_else_is_empty(self):
        statement = self._create_statement(
            self.salesperson, partner_ids=self.foreign_customer.ids
        )
        self.assertEqual(statement._get_table()["rows"], [])
        action = statement.action_view()
        movements = self.env[action["res_model"]].with_user(self.salesperson)
        self.assertFalse(movements.search(action["domain"]))

    def test_the_file_of_somebody_else_cannot_be_downloaded(self):
        statement = self._create_statement(self.auditor)
        statement.action_export()
        theirs = statement.with_user(self.salesperson)
        theirs.invalidate_recordset()
        for call in (
            lambda: theirs.read(["file"]),
            theirs.action_export,
            lambda: (
                self.env["ir.binary"]
                .with_user(self.salesperson)
                ._find_record(res_model=theirs._name, res_id=theirs.id, field="file")
            ),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_a_printed_statement_is_the_reader_s_own(self):
        statement = self._create_statement(self.auditor)
        reports = self.env["ir.actions.report"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            reports._render_qweb_html("loyalty_b2b.report_statement", statement.ids)
