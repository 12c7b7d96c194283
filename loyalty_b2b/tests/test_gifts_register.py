import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .gift_common import GiftCommon


@tagged("post_install", "-at_install")
class TestGiftsRegister(GiftCommon):
    """The register of gifts: exported, kept for the tax years, then without names."""

    def _export(self, user=None, **values):
        exports = self.env["loyalty.b2b.gift.export"].with_user(user or self.auditor)
        return exports.create({"company_id": self.company.id, **values})

    def _read_sheet(self, export):
        export.action_export()
        content = base64.b64decode(export.with_context(bin_size=False).file)
        book = openpyxl.load_workbook(io.BytesIO(content))
        return list(book.worksheets[0].iter_rows(values_only=True))

    # === EXPORT === #

    def test_the_export_holds_the_year(self):
        with self.on("2026-05-04"):
            self._give()
        with self.on("2027-05-04"):
            self._give()
        head, *rows = self._read_sheet(self._export(year="2026"))
        self.assertEqual(len(rows), 1)
        row = dict(zip(head, rows[0], strict=True))
        self.assertEqual(row["Name of the recipient"], "Anna Nowak")
        self.assertEqual(row["Name of the customer"], "Hurtownia Wisła")
        self.assertEqual(row["Points"], 10)
        money = [value for caption, value in row.items() if "(USD)" in caption]
        self.assertEqual(money, [40, 30])
        self.assertIn("In writing", rows[0])

    def test_cancelled_gifts_can_be_left_out(self):
        self._give()._cancel_reward("Sent back")
        self.assertEqual(len(self._read_sheet(self._export())), 2)
        self.assertEqual(len(self._read_sheet(self._export(with_cancelled=False))), 1)

    def test_what_was_typed_is_no_formula(self):
        self._give(self.env["res.partner"], name="=1+1")
        sheet = self._read_sheet(self._export())
        self.assertIn("=1+1", sheet[1])
        self.assertEqual(self._export()._get_rows()[0]["name"], "=1+1")

    def test_only_officers_and_auditors_export(self):
        for user in (self.salesperson, self.sales_all):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._export(user).action_export()
        export = self._export()
        export.action_export()
        with self.assertRaises(AccessError):
            export.with_user(self.second).read(["file"])

    def test_the_register_of_another_company_is_empty(self):
        self._give()
        other = self.env["res.company"].create({"name": "Another seller"})
        self.auditor.sudo().company_ids |= other
        self.assertEqual(len(self._read_sheet(self._export(company_id=other.id))), 1)

    # === KEPT AND FORGOTTEN === #

    def _run_day(self, day):
        with self.on(day):
            self.program._daily_forget_gifts()

    def test_names_are_removed_after_the_kept_years(self):
        with self.on("2026-05-04"):
            use = self._give()
        gift = use.gift_ids
        self._run_day("2031-12-31")
        self.assertEqual(gift.name, "Anna Nowak")
        self._run_day("2032-01-01")
        self.assertEqual(gift.name, f"Recipient {gift.id}")
        for name in ("partner_id", "function", "consent_name", "name_key", "reason"):
            self.assertFalse(gift[name], name)
        self.assertEqual(
            (gift.value, gift.cost, gift.owner_id), (40, 30, self.customer)
        )
        self.assertEqual(str(gift.date_forgotten), "2032-01-01")

    def test_histories_and_the_ledger_forget_too(self):
        with self.on("2026-05-04"):
            use = self._give()
            use._message_log(
                body="For Anna Nowak, says Ewa Zielińska: Ten years together"
            )
            use.ledger_note = "Asked for Anna Nowak: Ten years together."
            use.entry_ids.flush_recordset()
            self.env.cr.execute(
                "UPDATE loyalty_b2b_entry SET note = %s WHERE redemption_id = %s",
                ["Anna Nowak: Ten years together", use.id],
            )
            self.env.invalidate_all()
        self.assertTrue(use.entry_ids)
        self._run_day("2032-01-01")
        self.assertFalse(use.ledger_note)
        self.assertFalse(any(use.entry_ids.mapped("note")))
        text = " ".join(use.message_ids.mapped("body"))
        self.assertIn(f"For Recipient {use.gift_ids.id}, says", text)
        for word in ("Nowak", "Zielińska", "together"):
            self.assertNotIn(word, text)

    def test_forgetting_twice_changes_nothing(self):
        with self.on("2020-05-04"):
            gift = self._give().gift_ids
        self._run_day("2032-01-01")
        self._run_day("2033-01-01")
        self.assertEqual(str(gift.date_forgotten), "2032-01-01")

    def test_the_daily_steps_do_it(self):
        with self.on("2020-05-04"):
            gift = self._give().gift_ids
        steps = [step.__name__ for step in self.program._get_daily_steps()]
        self.assertIn("_daily_forget_gifts", steps)
        self.company.loyalty_b2b_gift_years = 1
        self._run_day("2021-12-31")
        self.assertFalse(gift.date_forgotten)
        self._run_day("2022-01-01")
        self.assertTrue(gift.date_forgotten)

    def test_erasure_waits_for_the_register(self):
        self.assertEqual(self.anna._get_loyalty_b2b_gift_hold(), "")
        with self.on("2026-05-04"):
            self._give()
        for person in (self.anna, self.ewa):
            with self.subTest(person=person.name):
                hold = person._get_loyalty_b2b_gift_hold()
                self.assertIn("12/31/2031", hold)
        self.assertEqual(self.buyer._get_loyalty_b2b_gift_hold(), "")
        self._run_day("2032-01-01")
        self.assertEqual(self.anna._get_loyalty_b2b_gift_hold(), "")
        self.assertEqual(self.ewa._get_loyalty_b2b_gift_hold(), "")

    def test_the_dialog_of_erasure_says_so(self):
        with self.on("2026-05-04"):
            self._give()
        dialog = (
            self.env["loyalty.b2b.erase"]
            .with_user(self.second)
            .create({"partner_id": self.anna.id})
        )
        self.assertIn("register of gifts", dialog.refusal)
        with self.assertRaisesRegex(UserError, "12/31/2031"):
            dialog.action_erase()
        self.assertEqual(self.wallet.redemption_ids.gift_ids.name, "Anna Nowak")

    def test_a_deleted_contact_leaves_the_row(self):
        gift = self._give().gift_ids
        self.anna.unlink()
        self.assertEqual(gift.name, "Anna Nowak")
        for _number in range(2):
            self._give(self.env["res.partner"], name="Anna Nowak")
