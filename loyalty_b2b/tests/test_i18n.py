import re

import polib

from odoo.tests import BaseCase, Form, tagged
from odoo.tools import file_path

from .portal_common import LoyaltyB2bPortalCommon
from .use_common import UseCommon

LANG = "pl_PL"
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%")
TAG = re.compile(r"</?\w+")
# words of ours that customers never read, in all their forms
JARGON = r"(?i)\b(zapis(u|y|ów)?|parti[aięo]\w*|alokacj\w*|dług\w*|zaksięgowan\w*)\b"


def speak_polish(env):
    """Install Polish with the terms of this addon; it groups no thousands."""
    env["res.lang"]._activate_lang(LANG)
    env["ir.module.module"]._load_module_terms(["loyalty_b2b"], [LANG])


@tagged("post_install", "-at_install")
class TestPolishTerms(BaseCase):
    """The file of translations itself."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.terms = polib.pofile(file_path("loyalty_b2b/i18n/pl.po"))

    def _assert_same(self, pattern):
        for term in self.terms:
            with self.subTest(term=term.msgid):
                self.assertCountEqual(
                    pattern.findall(term.msgid), pattern.findall(term.msgstr)
                )

    def test_every_term_is_translated(self):
        self.assertGreater(len(self.terms), 500)
        self.assertEqual(
            [t.msgid for t in self.terms if not t.msgstr.strip() or t.fuzzy], []
        )

    def test_placeholders_are_those_of_the_source(self):
        self._assert_same(PLACEHOLDER)

    def test_tags_are_those_of_the_source(self):
        self._assert_same(TAG)

    def test_points_are_used_and_never_a_means_of_payment(self):
        for term in self.terms:
            self.assertNotRegex(term.msgstr, r"(?i)\b(za)?pła[cć]\w* punkt")


@tagged("post_install", "-at_install")
class TestPolishPortal(LoyaltyB2bPortalCommon):
    """What customers read in Polish."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        speak_polish(cls.env)
        cls.boss.lang = LANG

    def test_points_page_is_polish(self):
        self.program.activation = "payment"
        self._give_points(12500)
        self._create_invoice_of([400.0])
        page = self._read("/pl/my/loyalty")
        self.assertIn("Dostępne 12500 pkt", self._figure(page, "available"))
        self.assertIn(f"{self._amount(125)} netto", self._figure(page, "available"))
        self.assertIn("Czekają na płatność 400 pkt", self._figure(page, "waiting"))
        text = self._text(page)
        for words in ("Jak to działa", "Historia", "Ważne do", "Twój opiekun"):
            self.assertIn(words, text)
        self.assertNotRegex(text, JARGON)

    def test_rules_page_is_polish(self):
        text = self._text(self._read(f"/pl/my/loyalty/program/{self.program.id}/rules"))
        amount = self._amount(1).removesuffix(",00")
        self.assertIn(f"1 pkt za {amount} wydane na wszystkie produkty", text)
        self.assertIn("Punkty można wykorzystać przez 24 mies.", text)
        self.assertNotRegex(text, JARGON)

    def test_page_of_one_invoice_is_polish(self):
        move = self._create_invoice_of([400.0])
        entry = self.env["loyalty.b2b.entry"].search([("move_id", "=", move.id)])
        text = self._text(self._read(f"/pl/my/loyalty/{entry.id}"))
        self.assertIn("400 pkt", text)
        for words in ("Zdobyte", "Pozycja po pozycji", "Faktura lub korekta"):
            self.assertIn(words, text)
        self.assertNotRegex(text, JARGON)

    def _amount(self, amount):
        currency = self.currency.with_context(lang=LANG)
        return " ".join(currency.format(amount).split())


@tagged("post_install", "-at_install")
class TestPolishUse(UseCommon):
    """What a salesperson reads in Polish when points are used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        speak_polish(cls.env)
        cls.salesperson.lang = LANG
        cls._give_points(10000)

    def test_wizard_speaks_polish(self):
        self.program.write({"min_points": 100, "max_order_percent": 40})
        order = self._create_order([(self.product, 2, 100.0)])
        wizard = (
            self.env["loyalty.b2b.use.points"]
            .with_user(self.salesperson)
            .with_context(lang=LANG, default_order_id=order.id)
        )
        arch = wizard.get_view(view_type="form")["arch"]
        self.assertIn("Wykorzystaj punkty", arch)
        self.assertIn("Jak najwięcej", arch)
        with Form(wizard) as form:
            self.assertIn("co najmniej 100 pkt", form.limits)
            form.points = 50
            self.assertIn("co najmniej 100 pkt", form.refusal)
            form.points = 9000
            self.assertIn("najwyżej 8000 pkt", form.refusal)
            form.points = 1000

    def test_discount_line_is_in_the_customers_language(self):
        self.customer.lang = LANG
        order = self._create_order([(self.product, 2, 100.0)])
        self._use_points(order, 5000)
        line = order.order_line.filtered("loyalty_b2b_redemption_id")
        self.assertIn("Rabat – program Club, 5000 pkt", line.name)
