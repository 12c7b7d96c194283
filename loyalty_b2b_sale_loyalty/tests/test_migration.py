import base64
import io

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests.common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestMigration(LoyaltyB2bCommon):
    """Odoo's own loyalty cards become lots, as the dry run says."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls.env["loyalty.program"].create(
            {
                "name": "Old club",
                "program_type": "loyalty",
                "company_id": cls.company.id,
            }
        )
        cls.outside = cls._create_customer("Outside", "PL7010023456")

    def _add_card(self, points, partner=None, **values):
        cards = self.env["loyalty.card"].with_context(loyalty_no_mail=True)
        return cards.create(
            {
                "program_id": self.old.id,
                "partner_id": (self.customer if partner is None else partner).id,
                "points": points,
                **values,
            }
        )

    def _ask(self, user=None, **values):
        return (
            self.env["loyalty.b2b.migration"]
            .with_user(user or self.env.user)
            .create(
                {
                    "program_id": self.program.id,
                    "old_program_id": self.old.id,
                    **values,
                }
            )
        )

    def _run(self, **values):
        wizard = self._ask(**values)
        wizard.action_dry_run()
        return wizard

    def _book(self, **values):
        wizard = self._run(**values)
        wizard.action_book()
        return wizard

    def test_cards_become_lots_with_their_last_day(self):
        self.program.expiry_months = 0
        dated = self._add_card(100.0, expiration_date="2099-12-31")
        self._add_card(50.5, self.outside)
        wizard = self._book(factor_old=2, factor_new=3, enrol=True)
        lot = self.wallet.entry_ids
        self.assertEqual(
            (lot.kind, lot.origin, lot.points, lot.key, lot.date_expiry, lot.note),
            (
                "opening",
                "migration",
                150,
                f"migration:{dated.id}",
                self._day("2099-12-31"),
                "Taken over from Old club",
            ),
        )
        other = self.outside.loyalty_b2b_participant_ids.wallet_id
        self.assertWallet(other, balance=75)  # 50.5 × 3 ÷ 2 = 75.75
        self.assertEqual(wizard.line_ids.mapped("remainder"), [0.0, 0.5])
        self.assertEqual((wizard.points_book, wizard.count_enrol), (225, 1))
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def test_cards_that_cannot_be_taken_over_say_why(self):
        person = self.env["res.partner"].create({"name": "Jan"})
        self._add_card(10)
        self._add_card(10, self.env["res.partner"])
        self._add_card(10, person)
        self._add_card(10, self.outside)
        self._add_card(0)
        self._add_card(0.9)
        self._add_card(-5)
        self._add_card(10, expiration_date="2020-01-01")
        wizard = self._run(enrol=True)
        self.assertEqual(
            [line.message or line.outcome for line in wizard.line_ids],
            [
                "book",
                "The card has no customer.",
                "Jan is an individual; programme Club is for companies.",
                "enrol",
                "There is nothing on it to take over.",
                "There is nothing on it to take over.",
                "The card is below zero.",
                "The card has expired.",
            ],
        )
        self.assertEqual((wizard.count_book, wizard.count_refused), (2, 6))

    def test_without_enrolment_others_are_left_out(self):
        self._add_card(10, self.outside)
        wizard = self._run()
        self.assertIn("Does not take part", wizard.line_ids.message)
        with self.assertRaisesRegex(UserError, "no card to take over"):
            wizard.action_book()

    def test_a_card_is_taken_over_once(self):
        card = self._add_card(100)
        self._book(set_zero=False)
        self.assertEqual(card.points, 100)
        again = self._run()
        self.assertEqual(again.line_ids.outcome, "same")
        with self.assertRaises(UserError):
            again.action_book()
        self.assertWallet(balance=100)

    def test_old_cards_are_emptied_with_a_line_in_their_history(self):
        card = self._add_card(100)
        self._book()
        self.assertEqual(card.points, 0)
        self.assertEqual(card.history_ids.used, 100)
        self.assertIn("Taken over into Club", card.history_ids.description)
        self.assertTrue(self.old.active)

    def test_the_old_programme_is_archived_if_ticked(self):
        self._add_card(100)
        self._book(archive_old=True)
        self.assertFalse(self.old.active)

    def test_what_has_changed_since_the_dry_run_is_not_booked(self):
        card = self._add_card(100)
        wizard = self._run()
        card.points = 90
        with self.assertRaisesRegex(UserError, "not what the dry run showed"):
            wizard.action_book()
        self.assertFalse(self.wallet.entry_ids)

    def test_an_ewallet_in_another_currency_is_left_out(self):
        currency = self.env.ref("base.EUR") + self.env.ref("base.USD")
        other = (currency - self.program.currency_id)[0]
        other.active = True
        self.old = self.env["loyalty.program"].create(
            {"name": "Wallet", "program_type": "ewallet", "currency_id": other.id}
        )
        self._add_card(100)
        self.assertIn(f"in {other.name}", self._run().line_ids.message)

    def test_coupons_are_no_points(self):
        self.old.program_type = "coupons"
        self._add_card(1)
        with self.assertRaisesRegex(UserError, "no cards that"):
            self._run()

    def test_the_report_lists_every_card(self):
        self._add_card(12.5)
        self._add_card(0)
        wizard = self._run()
        wizard.action_report()
        book = openpyxl.load_workbook(io.BytesIO(base64.b64decode(wizard.report)))
        rows = list(book.active.values)
        self.assertEqual([row[3:6] for row in rows[1:]], [(12.5, 12, 0.5), (0, 0, 0)])
        wizard.action_book()
        message = self.program.message_ids[0]
        self.assertEqual(message.attachment_ids.name, "Old club.xlsx")

    def test_only_administrators_take_cards_over(self):
        for user in (self.salesperson, self.officer):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._ask(user)
        self._add_card(10)
        wizard = self._run()
        with self.assertRaises(AccessError):
            wizard.with_user(self.officer).action_book()
        self.assertFalse(self.wallet.entry_ids)
