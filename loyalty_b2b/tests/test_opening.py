import base64
import io

import openpyxl

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import LoyaltyB2bCommon
from .test_i18n import LANG, speak_polish

HEAD = ("Tax ID", "Internal reference", "Points", "Last day of use", "Text")


class OpeningCommon(LoyaltyB2bCommon):
    """A second customer who takes part, and a third who does not."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_customer("Second", "PL1234567883", ref="K-2")
        cls.second_wallet = cls._enrol(cls.second)
        cls.outside = cls._create_customer("Outside", "PL7010023456")

    def _ask(self, rows, user=None, head=HEAD, **values):
        dialogs = self.env["loyalty.b2b.opening"]
        if user:
            dialogs = dialogs.with_user(user)
        return dialogs.create(
            {
                "program_id": self.program.id,
                "file": self._write(rows, head),
                "filename": "list.xlsx",
                **values,
            }
        )

    @staticmethod
    def _write(rows, head=HEAD):
        book = openpyxl.Workbook()
        for row in (head, *rows):
            book.active.append(row)
        content = io.BytesIO()
        book.save(content)
        return base64.b64encode(content.getvalue())

    def _run(self, rows, **values):
        wizard = self._ask(rows, **values)
        wizard.action_dry_run()
        return wizard

    def _book(self, rows, total, **values):
        wizard = self._run(rows, control_total=total, **values)
        wizard.action_book()
        return wizard


@tagged("post_install", "-at_install")
class TestOpening(OpeningCommon):
    """Opening balances from a list: the dry run says what booking then does."""

    def test_each_line_becomes_a_lot(self):
        self.program.expiry_months = 0
        rows = [
            ["526-000-12-46", None, 1000, self._day("2099-12-31"), "Stamps"],
            ["PL5260001246", None, "2 000", None, "Bonus of 2025"],
            [None, "K-2", 500.0, "31.12.2099", None],
        ]
        wizard = self._book(rows, 3500)
        lots = self.wallet.entry_ids.sorted("points")
        self.assertEqual(
            [(lot.points, lot.note, lot.date_expiry) for lot in lots],
            [
                (1000, "Stamps", self._day("2099-12-31")),
                (2000, "Bonus of 2025", False),
            ],
        )
        self.assertEqual(set(lots.mapped("kind")), {"opening"})
        self.assertEqual(set(lots.mapped("origin")), {"import"})
        self.assertEqual(wizard.state, "booked")
        self.assertWallet(balance=3000, available=3000)
        self.assertWallet(self.second_wallet, balance=500, available=500)
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def test_without_a_last_day_points_expire_as_the_programme_says(self):
        self.program.expiry_months = 24
        with self.on("2026-01-15"):
            self._book([["5260001246", None, 10]], 10)
        self.assertEqual(self.wallet.entry_ids.date_expiry, self._day("2028-01-15"))

    def test_the_dry_run_says_what_is_wrong_with_each_line(self):
        long_ago = self._day("2020-01-01")
        rows = [
            ["5260001246", None, 1000],
            ["9999999999", None, 1],
            ["PL7010023456", None, 1],
            [None, "unknown", 1],
            [None, None, 1],
            ["5260001246", None, 0],
            ["5260001246", None, -5],
            ["5260001246", None, "1,5"],
            ["5260001246", None, 1.5],
            ["5260001246", None, None],
            ["5260001246", None, 10**12 + 1],
            ["5260001246", None, 1, long_ago],
            ["5260001246", None, 1, "2026-13-01"],
            ["PL 526 000 12 46", None, 1000],
        ]
        wizard = self._run(rows)
        self.assertEqual(
            [line.message or line.outcome for line in wizard.line_ids],
            [
                "book",
                "No customer has this tax id.",
                "Does not take part in the programme.",
                "No customer has this internal reference.",
                "Neither tax id nor internal reference.",
                "Points must be above zero.",
                "Points must be above zero.",
                "“1,5” is no whole number of points.",
                "“1.5” is no whole number of points.",
                "“” is no whole number of points.",
                "More than 1 000 000 000 000 points in one lot.",
                "The last day of use lies in the past.",
                "“2026-13-01” is no date: write 2026-12-31 or 31.12.2026.",
                "The same as line 2. If both are meant, let their texts differ.",
            ],
        )
        self.assertEqual((wizard.count_refused, wizard.count_book), (13, 1))
        wizard.control_total = wizard.points_list
        with self.assertRaisesRegex(UserError, "13 lines cannot be booked"):
            wizard.action_book()
        self.assertFalse(self.wallet.entry_ids)

    def test_who_does_not_take_part_is_enrolled_if_ticked(self):
        wizard = self._book([["PL7010023456", None, 70]] * 1, 70, enrol=True)
        self.assertEqual((wizard.line_ids.outcome, wizard.count_enrol), ("enrol", 1))
        wallet = self.outside.loyalty_b2b_participant_ids.wallet_id
        self.assertWallet(wallet, balance=70)

    def test_who_may_not_take_part_is_not_enrolled(self):
        self.env["res.partner"].create({"name": "Jan", "ref": "J-1"})
        wizard = self._run([[None, "J-1", 5]], enrol=True)
        self.assertIn("is an individual", wizard.line_ids.message)

    def test_who_left_gets_nothing(self):
        self.second_wallet.state = "left"
        wizard = self._run([[None, "K-2", 5]], enrol=True)
        self.assertEqual(wizard.line_ids.outcome, "refused")

    def test_the_control_total_must_be_that_of_the_list(self):
        wizard = self._run([["5260001246", None, 1000]], control_total=999)
        with self.assertRaisesRegex(UserError, "sums to 1,000 points"):
            wizard.action_book()
        self.assertFalse(self.wallet.entry_ids)

    def test_the_same_list_twice_books_nothing(self):
        rows = [["5260001246", None, 1000], [None, "K-2", 500]]
        self._book(rows, 1500)
        again = self._run(rows, control_total=1500)
        self.assertEqual(set(again.line_ids.mapped("outcome")), {"same"})
        with self.assertRaisesRegex(UserError, "booked before"):
            again.action_book()
        # a line that was forgotten is booked alone
        self._book([*rows, [None, "K-2", 7]], 1507)
        self.assertWallet(balance=1000)
        self.assertWallet(self.second_wallet, balance=507)

    def test_the_same_list_by_an_administrator_who_reads_polish_books_nothing(self):
        rows = [["5260001246", None, 1000]]
        self._book(rows, 1000)
        speak_polish(self.env)
        wizard = self._ask(rows, control_total=1000).with_context(lang=LANG)
        wizard.action_dry_run()
        self.assertEqual(wizard.line_ids.outcome, "same")

    def test_what_has_changed_since_the_dry_run_is_not_booked(self):
        wizard = self._run([["5260001246", None, 1000]], control_total=1000)
        for change in (
            lambda: wizard.write({"file": self._write([["5260001246", None, 2000]])}),
            lambda: self.customer.write({"vat": "1234563218"}),
            lambda: self.wallet.write({"state": "left"}),
        ):
            with self.env.cr.savepoint() as savepoint:
                change()
                with self.assertRaisesRegex(UserError, "not what the dry run showed"):
                    wizard.action_book()
                savepoint.rollback()
                self.env.invalidate_all()
        with self.assertRaisesRegex(UserError, "not what the dry run showed"):
            self._ask([["5260001246", None, 1]], control_total=1).action_book()
        self.assertFalse(self.wallet.entry_ids)

    def test_a_text_file_reads_as_a_workbook_does(self):
        text = "\ufeffTax ID;Points;Text\r\n526-000-12-46;1 000;„Stara” karta\r\n"
        for encoding in ("utf-8", "cp1250"):
            content = text.lstrip("\ufeff" if encoding == "cp1250" else "")
            file = base64.b64encode(content.encode(encoding))
            with self.subTest(encoding=encoding):
                wizard = self._ask([], file=file, filename="list.CSV")
                wizard.action_dry_run()
                line = wizard.line_ids
                self.assertEqual(
                    (line.outcome, line.points, line.note),
                    ("book", 1000, "„Stara” karta"),
                )

    def test_files_that_are_no_list_are_refused_in_words(self):
        for values, words in (
            ({"file": False}, "Upload the list first"),
            ({"filename": "list.pdf"}, r"spreadsheet \(.xlsx\)"),
            ({"file": base64.b64encode(b"no book")}, "cannot be read"),
            ({"file": base64.b64encode(b"x" * 11 * 2**20)}, "larger than 10 MB"),
            ({"file": self._write([], ["Name", "Points"])}, "names its columns"),
        ):
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                self._ask([["5260001246", None, 1]], **values).action_dry_run()

    def test_the_programme_keeps_the_list(self):
        self._book([["5260001246", None, 1000]], 1000)
        message = self.program.message_ids[0]
        self.assertIn("1,000 points in 1 lines", message.body)
        self.assertEqual(message.attachment_ids.name, "list.xlsx")

    def test_the_empty_list_and_the_report_are_workbooks(self):
        wizard = self._run([["5260001246", None, 1000], ["1", None, 1]])
        wizard.action_template()
        wizard.action_report()
        rows = [
            list(
                openpyxl.load_workbook(io.BytesIO(base64.b64decode(file))).active.values
            )
            for file in (wizard.template, wizard.report)
        ]
        self.assertEqual(rows[0][0], HEAD)
        self.assertEqual(
            [row[5] for row in rows[1][1:]], ["Will be booked", "Cannot be booked"]
        )

    def test_a_list_made_from_the_empty_one_is_read(self):
        wizard = self._ask([])
        wizard.action_template()
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.template)))
        book.active.append(["5260001246", None, 12])
        content = io.BytesIO()
        book.save(content)
        wizard.file = base64.b64encode(content.getvalue())
        wizard.action_dry_run()
        self.assertEqual(wizard.line_ids.outcome, "book")

    def test_only_administrators_book_opening_balances(self):
        auditor = new_test_user(
            self.env,
            "opening_audit",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        for user in (self.salesperson, self.officer, auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._ask([["5260001246", None, 1]], user)
        wizard = self._run([["5260001246", None, 1]], control_total=1)
        for name in ("action_book", "action_dry_run", "action_report"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                getattr(wizard.with_user(self.officer), name)()

    def test_a_programme_that_ends_takes_nothing_over(self):
        self.program.sudo().state = "closed"
        with self.assertRaisesRegex(UserError, "is ending"):
            self._run([["5260001246", None, 1]])

    def test_the_form_opens(self):
        with Form(self.env["loyalty.b2b.opening"]) as form:
            self.assertEqual(form.program_id, self.program)
