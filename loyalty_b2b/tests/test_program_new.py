from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import LoyaltyB2bCommon


class ProgramNewCommon(LoyaltyB2bCommon):
    """An administrator, and answers to the four questions."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.loyalty_b2b_several_programs = True
        # a job commits its batches, which a test cannot
        cls.startClassPatcher(
            patch.object(
                type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
            )
        )
        cls.admin = cls._create_admin("new_admin")

    @classmethod
    def _create_admin(cls, login, groups=""):
        return new_test_user(
            cls.env,
            login,
            groups="sales_team.group_sale_manager,"
            f"loyalty_b2b.group_loyalty_b2b_admin{groups}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            tz="Europe/Warsaw",
        )

    def _answer(self, template, user=None, **answers):
        """Answer the questions and create the programme."""
        wizard = self.env["loyalty.b2b.program.new"].with_user(user or self.admin)
        with Form(wizard.with_context(tz="Europe/Warsaw")) as form:
            form.template = template
            for name, value in answers.items():
                if isinstance(value, list):
                    for record in value:
                        form[name].add(record)
                else:
                    form[name] = value
        action = form.record.action_create()
        return self.env[action["res_model"]].browse(action["res_id"])

    def _earn(self, program, lines, **values):
        """Start a programme, post an invoice and return its points in it."""
        program.with_user(self.admin).action_start()
        wallet = self._enrol(self.customer, program)
        move = self._create_invoice_of(lines, **values)
        self.wallet = wallet
        entries = wallet.entry_ids.filtered(lambda e: e.move_id == move)
        return sum(entries.mapped("points"))


@tagged("post_install", "-at_install")
class TestProgramNew(ProgramNewCommon):
    # === THE FOUR TEMPLATES === #

    def test_points_for_invoices(self):
        program = self._answer("invoices")
        self.assertEqual(program.state, "draft")
        self.assertEqual(program.name, "Points for invoices")
        self.assertEqual(program.currency_id, self.currency)
        rate = program.rate_ids
        self.assertEqual((rate.points, rate.amount), (1000, 10.0))
        self.assertEqual((program.expiry_mode, program.expiry_months), ("months", 24))
        self.assertTrue(program.discount_product_id)
        self.assertFalse(program.tier_ids)
        # 1 point for each whole 1.00 of 1 234.56 net
        self.assertEqual(self._earn(program, [1234.56]), 1234)
        self.assertEqual(program._get_worth(1234), 12.34)

    def test_move_to_online(self):
        program = self._answer("online")
        program.with_user(self.admin).action_start()
        wallet = self._enrol(self.customer, program)
        by_phone = self._create_order([(self.product, 25, 100.0)], confirm=True)
        online = self._create_order([(self.product, 25, 100.0)])
        online.action_confirm()
        online.loyalty_b2b_channel = "portal"
        points = {}
        for order in (by_phone, online):
            invoice = order._create_invoices()
            invoice.action_post()
            entries = wallet.entry_ids.filtered(lambda e, m=invoice: e.move_id == m)
            points[order] = sum(entries.mapped("points"))
        self.assertEqual(points[by_phone], 0)
        # 100 for the order, 100 for each full 1 000 of its 2 500
        self.assertEqual(points[online], 300)

    def test_partner_programme(self):
        focus = self.env["product.category"].create({"name": "Focus"})
        special = self._create_goods("Special", 100.0, categ_id=focus.id)
        program = self._answer("partner", focus_category_ids=[focus])
        self.assertEqual(
            program.tier_ids.mapped(lambda t: (t.name, t.threshold, t.factor)),
            [("Silver", 0, 1.0), ("Gold", 50_000, 1.25), ("Platinum", 200_000, 1.5)],
        )
        self.assertFalse(program.auto_enrol)
        # 300 of anything, 100 of the focus category twice
        lines = [(self.product, 3, 100.0), (special, 1, 100.0)]
        self.assertEqual(self._earn(program, lines), 300 + 2 * 100)

    def test_launch_of_new_products(self):
        new = self._create_goods("New", 100.0)
        today = fields.Date.today()
        program = self._answer(
            "launch", product_ids=[new], cap_points=700, date_end=today
        )
        rule = program.rule_ids
        self.assertEqual((rule.date_start, rule.date_end), (today, today))
        # 5 points for each of 100.00; other products earn nothing
        lines = [(new, 1, 100.0), (self.product, 1, 100.0)]
        self.assertEqual(self._earn(program, lines), 500)
        # the limit leaves 200 of the next 500
        again = self._create_invoice_of([(new, 1, 100.0)])
        entries = self.wallet.entry_ids.filtered(lambda e: e.move_id == again)
        self.assertEqual(sum(entries.mapped("points")), 200)

    def test_a_launch_ends_after_three_months_unless_said_otherwise(self):
        with self.on("2026-01-15"):
            program = self._answer("launch", product_ids=[self.product])
        self.assertEqual(str(program.rule_ids.date_start), "2026-01-15")
        self.assertEqual(str(program.rule_ids.date_end), "2026-04-14")

    def test_some_products_only(self):
        other = self.env["product.category"].create({"name": "Other"})
        stranger = self._create_goods("Stranger", 100.0, categ_id=other.id)
        program = self._answer("invoices", scope="some", category_ids=[self.category])
        lines = [(self.product, 1, 100.0), (stranger, 1, 1000.0)]
        self.assertEqual(self._earn(program, lines), 100)

    # === WORTH, DAY, WORDS === #

    def test_every_template_says_what_the_rules_will_be(self):
        money = self.currency.format
        expected = {
            "invoices": ["1 point per", "1,000 points = " + money(10.0), "24 months"],
            "online": ["100 points per order", "100 points per full", "12 months"],
            "partner": ["Gold from " + money(50_000), "× 1.25", "You choose"],
            "launch": ["5 points per", "Drill", "at most 10,000 points per customer"],
        }
        for template, words in expected.items():
            with self.subTest(template=template):
                wizard = self.env["loyalty.b2b.program.new"].with_user(self.admin)
                with Form(wizard) as form:
                    form.template = template
                    if template == "launch":
                        form.product_ids.add(self.product)
                    for word in words:
                        self.assertIn(word, form.summary)

    def test_what_was_said_is_what_the_programme_then_reads(self):
        wizard = self.env["loyalty.b2b.program.new"].with_user(self.admin)
        with Form(wizard) as form:
            form.points, form.amount = 500, 7.5
            said = form.summary
        program = self.env["loyalty.b2b.program"].browse(
            form.record.action_create()["res_id"]
        )
        for text in (program.rule_ids.sentence, program.rate_text, "24 months"):
            self.assertIn(text, said)
        self.assertEqual(program._get_worth(500), 7.5)

    def test_a_currency_without_cents_gets_round_numbers(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        company = self.env["res.company"].create(
            {"name": "Tokyo", "currency_id": yen.id}
        )
        self.admin.company_ids += company
        program = self._answer(
            "partner", user=self.admin.with_company(company), company_id=company
        )
        every = program.rule_ids.filtered(lambda r: r.effect == "proportional")
        self.assertEqual(every.amount, 100)
        self.assertEqual(
            (program.rate_ids.points, program.rate_ids.amount), (1000, 1000)
        )
        self.assertEqual(program.tier_ids.mapped("threshold"), [0, 5e6, 2e7])

    def test_a_later_day_is_kept_and_nothing_dated_before_it_earns(self):
        with self.on("2026-01-15"):
            program = self._answer("invoices", when="date", date_start="2026-02-01")
            self.assertEqual(str(program.date_start), "2026-02-01")
            wallet = self._enrol(self.customer, program)
            program.with_user(self.admin).action_announce()
        with self.on("2026-02-01"):
            program._cron_start()
            self.assertEqual(program.state, "running")
            self._create_invoice_of([50.0], invoice_date="2026-01-31")
            self._create_invoice_of([70.0], invoice_date="2026-02-01")
        self.assertWallet(wallet, balance=70)

    # === REFUSALS === #

    def test_answers_that_make_no_sense_are_refused_in_words(self):
        refused = {
            "categories or products": {"template": "launch"},
            "at least 1 point": {"template": "invoices", "points": 0},
            "above zero": {"template": "invoices", "amount": 0},
            "after today": {
                "template": "invoices",
                "when": "date",
                "date_start": "2020-01-01",
            },
            "cannot be negative": {
                "template": "launch",
                "product_ids": self.product.ids,
                "cap_points": -1,
            },
        }
        before = self.env["loyalty.b2b.program"].search_count([])
        wizards = self.env["loyalty.b2b.program.new"].with_user(self.admin)
        for message, answers in refused.items():
            with self.subTest(message=message):
                wizard = wizards.create(answers)
                self.assertIn(message, wizard.summary)
                with self.assertRaisesRegex(UserError, message):
                    wizard.action_create()
        after = self.env["loyalty.b2b.program"].search_count([])
        self.assertEqual(after, before)

    def test_only_administrators_make_programmes(self):
        auditor = new_test_user(
            self.env,
            "new_auditor",
            groups="loyalty_b2b.group_loyalty_b2b_auditor",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        wizard = self.env["loyalty.b2b.program.new"].with_user(self.admin).create({})
        for user in (self.salesperson, self.officer, auditor):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self.env["loyalty.b2b.program.new"].with_user(user).create({})
                with self.assertRaises(AccessError):
                    wizard.with_user(user).action_create()
