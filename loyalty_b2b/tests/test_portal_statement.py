import io
from unittest.mock import patch

import openpyxl

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from ..models import wallet_portal_statement
from .portal_common import LoyaltyB2bPortalCommon

FIRST, LAST = "2026-01-01", "2026-03-31"
TERM = f"first={FIRST}&last={LAST}"


@tagged("post_install", "-at_install")
class TestPortalStatement(LoyaltyB2bPortalCommon):
    """A customer reads and downloads how the points moved in a period."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = f"/my/loyalty/program/{cls.program.id}/statement"
        cls.program.write({"slogan": "More for builders", "color": "#102030"})
        with cls.on("2025-12-20"):
            cls._give_points(1000, kind="bonus")
        with cls.on("2026-02-10"):
            cls._give_points(500, date_expiry="2026-03-01", kind="bonus")
            hold = cls.wallet._hold(
                300, "hold:1", order_name="S00042", contact_name="Anna Nowak"
            )
            cls.wallet._consume(hold)
            cls.wallet._give_back(hold, 100, "return:1")
        with cls.on("2026-03-15"):
            cls.wallet._expire()
            cls.wallet._adjust(-50, "adjust:1", "Returned pallets")

    def _statement(self, wallet=None, first=FIRST, last=LAST):
        wallet = (wallet or self.wallet).sudo()
        return wallet._get_statement(*wallet._read_statement_term(first, last))

    def _numbers(self, statement):
        return {figure["key"]: figure["number"] for figure in statement["figures"]}

    # === FIGURES === #

    def test_figures_say_what_moved_in_the_five_words(self):
        numbers = self._numbers(self._statement())
        self.assertEqual(
            numbers,
            {
                "opening": 1000,
                "earned": 500,
                "used": -300,
                "returned": 100,
                "expired": -200 - 100,
                "corrected": -50,
                "closing": 950,
            },
        )

    def test_rows_lead_from_the_opening_to_the_closing_balance(self):
        statement = self._statement()
        numbers = self._numbers(statement)
        balance = numbers["opening"]
        for row in statement["rows"]:
            balance += row["number"]
            self.assertEqual(row["balance_number"], balance)
        self.assertEqual(balance, numbers["closing"])
        self.assertEqual(balance, self.wallet.balance)

    def test_money_adds_up_as_the_points_do(self):
        self.program.rate_ids.write({"points": 300, "amount": 1.0})
        figures = self._statement()["figures"]
        amounts = [figure["amount"] for figure in figures]
        self.assertAlmostEqual(sum(amounts[:-1]), amounts[-1], 6)

    def test_every_kind_of_entry_has_one_of_the_words(self):
        words = [
            kind for kinds in wallet_portal_statement.WORDS.values() for kind in kinds
        ]
        kinds = dict(self.env["loyalty.b2b.entry"]._fields["kind"].selection)
        self.assertEqual(sorted(words), sorted(kinds))

    def test_rows_say_who_and_for_what(self):
        (row,) = [r for r in self._statement()["rows"] if r["word"] == "Used"]
        self.assertEqual(
            (row["document"], row["person"], row["points"]),
            ("S00042", "Anna Nowak", "-300"),
        )

    def test_other_wallets_stay_out(self):
        with self.on("2026-02-11"):
            self._give_points(7777, self.other_wallet)
        self.assertEqual(self._numbers(self._statement())["closing"], 950)
        numbers = self._numbers(self._statement(self.other_wallet))
        self.assertEqual((numbers["opening"], numbers["closing"]), (0, 7777))

    # === THE SAME TWICE === #

    def test_a_closed_period_prints_the_same_later(self):
        before = self._statement(), self._sheet()
        with self.on("2026-04-02"):
            self.wallet._adjust(5, "adjust:late", "Later")
            self._give_points(7, date_event="2026-03-15")
        self.assertEqual((self._statement(), self._sheet()), before)

    def _sheet(self):
        wallet = self.wallet.sudo()
        return wallet._get_statement_sheet(*wallet._read_statement_term(FIRST, LAST))

    def test_spreadsheet_holds_the_same_numbers(self):
        self.authenticate(self.boss.login, self.boss.login)
        file = self.url_open(f"{self.url}/xlsx?{TERM}")
        self.assertEqual(file.status_code, 200)
        self.assertIn("attachment", file.headers["Content-Disposition"])
        sheet = openpyxl.load_workbook(io.BytesIO(file.content)).active
        rows = list(sheet.iter_rows(values_only=True))
        found = {row[0]: row[1] for row in rows if isinstance(row[1], int)}
        statement = self._statement()
        for figure in statement["figures"]:
            self.assertEqual(found[figure["label"]], figure["number"])
        balances = [row[7] for row in rows if isinstance(row[7], int)]
        self.assertEqual(balances, [r["balance_number"] for r in statement["rows"]])

    # === THE PAPER === #

    def _paper(self, user=None):
        wallet = self.wallet.with_user(user) if user else self.wallet.sudo()
        html, _kind = wallet.env["ir.actions.report"]._render_qweb_html(
            "loyalty_b2b.report_customer_statement",
            wallet.ids,
            data={"first": FIRST, "last": LAST},
        )
        return html.decode()

    def test_paper_bears_the_look_of_the_programme(self):
        self.program.logo = self.env["res.company"]._get_logo()
        paper = self._paper()
        for text in (
            "More for builders",
            "background-color: #102030; color: #ffffff",
            "data:image/",
            "Hurtownia Wisła",
            "5260001246",
            self.company.name,
            "Anna Nowak",
        ):
            self.assertIn(text, paper)
        self.assertEqual(self._paper(), paper)

    def test_text_on_a_light_colour_is_black(self):
        self.program.color = "#F0E68C"
        self.assertIn("background-color: #F0E68C; color: #000000", self._paper())

    def test_a_pdf_is_downloaded(self):
        self.authenticate(self.boss.login, self.boss.login)
        wallet = type(self.wallet)
        with patch.object(wallet, "_print_statement", lambda *args: b"%PDF-1.4 x"):
            file = self.url_open(f"{self.url}/pdf?{TERM}")
        self.assertEqual(file.headers["Content-Type"], "application/pdf")
        self.assertIn("Club%202026-01-01", file.headers["Content-Disposition"])

    def test_the_pdf_is_one(self):
        wallet = self.wallet.sudo().with_context(force_report_rendering=True)
        content = wallet._print_statement(*wallet._read_statement_term(FIRST, LAST))
        self.assertEqual(content[:5], b"%PDF-")

    def test_staff_print_what_they_may_see_and_customers_what_is_theirs(self):
        self.assertIn("Anna Nowak", self._paper(self.salesperson))
        for user in (self.boss, self.stranger):
            with self.assertRaises(AccessError):
                self._paper(user)

    @mute_logger("odoo.http")
    def test_the_report_s_own_address_refuses_customers(self):
        name = "loyalty_b2b.report_customer_statement"
        for kind in ("html", "pdf"):
            url = f"/report/{kind}/{name}/{self.wallet.id}"
            page = self._open(url, self.stranger)
            self.assertGreaterEqual(page.status_code, 400)
            self.assertNotIn("Hurtownia", page.text)

    # === THE PAGE === #

    def test_the_page_shows_the_last_quarter_by_default(self):
        with self.on("2026-04-05"):
            page = self._read(self.url)
        self.assertEqual(page.xpath("//input[@name='first']/@value"), [FIRST])
        self.assertEqual(page.xpath("//input[@name='last']/@value"), [LAST])
        self.assertIn("950 points", self._figure(page, "closing"))
        self.assertIn("+500 points", self._figure(page, "earned"))
        (current,) = page.xpath("//a[@aria-current='true']")
        self.assertEqual(self._text(current), "Last quarter")

    def test_the_points_page_leads_to_the_statement(self):
        page = self._read(f"/my/loyalty/program/{self.program.id}")
        self.assertEqual(page.xpath("//a[@name='loyalty_statement']/@href"), [self.url])

    def test_periods_nobody_can_mean_get_a_sentence(self):
        for query, sentence in (
            ("first=2026-03-31&last=2026-01-01", "The first day comes after the last"),
            ("first=1900-01-01&last=2026-01-01", "three years at most"),
            ("first=2026-01-01&last=2999-01-01", "has not come yet"),
            ("first=99999999-01-01&last=2026-01-01", "Choose the first and the last"),
            ("first=0000-00-00&last=2026-02-31", "Choose the first and the last"),
            ("first=²026-01-01&last=x'", "Choose the first and the last"),
            ("first=2026-01-01", "Choose the first and the last"),
            ("first=&last=", "Choose the first and the last"),
        ):
            for kind in ("", "/pdf", "/xlsx"):
                with self.subTest(query=query, kind=kind):
                    page = self._read(f"{self.url}{kind}?{query}")
                    self.assertIn(
                        sentence, self._text(page.xpath("//*[@role='alert']")[0])
                    )

    def test_what_is_typed_in_is_not_run(self):
        page = self._open(f'{self.url}?first="><script>x</script>&last=1', self.boss)
        self.assertNotIn("<script>x", page.text)

    def test_too_many_rows_for_paper_get_a_sentence(self):
        with patch.object(wallet_portal_statement, "MOST_ROWS", 3):
            for kind in ("pdf", "xlsx"):
                page = self._read(f"{self.url}/{kind}?{TERM}")
                self.assertIn("3 rows at most", self._text(page))
            self.assertTrue(self._statement()["is_long"])

    def test_other_kinds_lead_to_the_page(self):
        page = self._open(f"{self.url}/exe?{TERM}", self.boss)
        self.assertTrue(page.headers["Location"].endswith(self.url))

    # === WHO MAY === #

    def test_who_sees_the_wallet_gets_the_statement_and_nobody_else(self):
        for kind in ("", "/xlsx"):
            for user, status in (
                (self.boss, 200),
                (self.branch_buyer, 200),
                (self.stranger, 200),
                (self.outsider, 303),
                (self.salesperson, 303),
                (None, 303),
            ):
                with self.subTest(kind=kind, user=user and user.login):
                    page = self._open(f"{self.url}{kind}?{TERM}", user)
                    self.assertEqual(page.status_code, status)
        page = self._read(f"{self.url}?{TERM}", self.stranger)
        self.assertIn("0 points", self._figure(page, "closing"))
        self.assertNotIn("S00042", self._text(page))

    def test_colleagues_who_only_collect_are_sent_home(self):
        self.program.colleague_role = "collects"
        self.wallet._grant(self.boss.partner_id, "sees")
        self.assertEqual(self._open(self.url, self.boss).status_code, 200)
        for kind in ("", "/pdf", "/xlsx"):
            page = self._open(f"{self.url}{kind}?{TERM}", self.buyer)
            self.assertEqual(page.status_code, 303)

    def test_forged_programmes_are_answered_like_missing_ones(self):
        self.company.loyalty_b2b_several_programs = True
        private = self._create_program(name="Private")
        self._enrol(self.customer, private)
        for kind in ("", "/pdf", "/xlsx"):
            answers = set()
            for number in (private.id, 10**8, 10**30, 0):
                url = f"/my/loyalty/program/{number}/statement{kind}?{TERM}"
                page = self._open(url, self.stranger)
                answers.add((page.status_code, page.headers.get("Location")))
            # 0 is no programme: the visitor's own one is shown
            self.assertLessEqual(len({a for a in answers if a[0] != 200}), 1, answers)

    def test_reading_refuses_terms_in_words(self):
        with self.assertRaisesRegex(UserError, "first day comes after"):
            self.wallet._read_statement_term(LAST, FIRST)
