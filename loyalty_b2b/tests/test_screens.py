import json

from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, HttpCase, new_test_user, tagged

from .common import LoyaltyB2bCommon

MODELS = (
    "loyalty.b2b.program",
    "loyalty.b2b.rule",
    "loyalty.b2b.wallet",
    "loyalty.b2b.entry",
    "loyalty.b2b.redemption",
    "loyalty.b2b.movement",
    "loyalty.b2b.adjust",
    "loyalty.b2b.enrol",
    "loyalty.b2b.participation",
    "loyalty.b2b.program.step",
    "loyalty.b2b.program.new",
    "loyalty.b2b.statement",
    "loyalty.b2b.rule.version",
)


@tagged("post_install", "-at_install")
class TestScreens(LoyaltyB2bCommon):
    # === VIEWS === #

    def test_every_page_group_and_button_has_a_name(self):
        views = self.env["ir.ui.view"].search(
            [("model", "in", MODELS), ("inherit_id", "=", False)]
        )
        self.assertGreater(len(views), 20)
        for view in views:
            arch = etree.fromstring(view.arch)
            for node in arch.iter("page", "group", "button", "filter"):
                if not node.xpath("ancestor::field[@name='arch']"):
                    self.assertTrue(node.get("name"), (view.name, node.attrib))

    def test_every_list_has_a_word_for_new_users(self):
        actions = self.env["ir.actions.act_window"].search(
            [("res_model", "in", MODELS), ("target", "=", "current")]
        )
        self.assertGreaterEqual(len(actions), 6)
        for action in actions:
            self.assertIn(
                "o_view_nocontent_smiling_face", action.help or "", action.name
            )

    def test_every_screen_opens_for_those_who_have_its_menu(self):
        auditor = self._create_user("screens_auditor", "auditor")
        for user in (self.salesperson, self.officer, auditor):
            for model in MODELS[:6]:
                with self.subTest(user=user.login, model=model):
                    records = self.env[model].with_user(user)
                    views = records.get_views([(False, "list"), (False, "search")])
                    names = list(views["models"][model]["fields"])
                    records.search([]).read(names)

    # === PROGRAMME === #

    def test_captions_say_what_is_set(self):
        self.program.write({"hold_days": 5, "excluded_product_ids": self.product.ids})
        self.assertEqual(self.program.caption_use, "5 days")
        self.assertEqual(self.program.caption_exclusions, "1")
        self.program.hold_days = 1
        self.assertEqual(self.program.caption_use, "1 day")
        self.assertIn("1,000", self.program.caption_worth)

    def test_outstanding_points_include_held_ones(self):
        self._give_points(1000)
        self.wallet._hold(400, "hold:1")
        self.program.invalidate_recordset()
        self.assertEqual(self.program.points_outstanding, 1000)
        self.assertEqual(self.program.amount_outstanding, 10.0)

    def test_salesperson_does_not_see_what_all_customers_have(self):
        with self.assertRaises(AccessError):
            self.program.with_user(self.salesperson).read(["points_outstanding"])

    def test_one_point_is_a_point_unless_it_has_a_name_of_its_own(self):
        self.assertIn("1 point per", self.program.rule_ids.sentence)
        self.program.rule_ids.points = 2
        self.assertIn("2 points per", self.program.rule_ids.sentence)
        self.program.point_name = "stars"
        self.program.rule_ids.points = 1
        self.assertIn("1 stars per", self.program.rule_ids.sentence)

    def test_administrator_announces_the_end_of_a_programme(self):
        admin = self._create_user("screens_admin", "admin")
        action = self.program.with_user(admin).action_close()
        wizard = self.env[action["res_model"]].with_user(admin)
        with Form(wizard.with_context(**action["context"])) as form:
            form.date_last_earning = "2040-01-31"
        form.record.action_apply()
        self.assertEqual(self.program.state, "closing")
        # sixty days later
        self.assertEqual(str(self.program.date_last_use), "2040-03-31")
        with self.assertRaises(AccessError):
            self.env[action["res_model"]].with_user(self.officer).create(
                {"program_id": self.program.id, "step": "close"}
            )

    def test_settings_lead_to_the_account_of_discounts(self):
        admin = self._create_user("screens_settings", "admin")
        admin.group_ids += self.env.ref("base.group_system")
        settings = self.env["res.config.settings"].with_user(admin)
        settings = settings.with_company(self.company).create({})
        action = settings.action_loyalty_b2b_discount_products()
        product = self.env[action["res_model"]].browse(action["res_id"])
        self.assertEqual(product, self.program.discount_product_id)
        self.assertFalse(product.sale_ok)
        other = self.setup_other_company()["company"]
        admin.company_ids += other
        with self.assertRaises(UserError):
            settings.with_company(other).action_loyalty_b2b_discount_products()

    # === WALLET === #

    def test_debt_has_no_minus_where_it_is_called_owed(self):
        self._give_points(100)
        self.assertFalse(self.wallet.owed)
        self.wallet._adjust(-150, "adjust:1", "Correction")
        self.assertEqual((self.wallet.owed, self.wallet.owed_amount), (50, 0.5))

    def test_statement_of_the_wallet_is_about_its_customer(self):
        action = self.wallet.with_user(self.salesperson).action_statement()
        wizard = self.env[action["res_model"]].with_user(self.salesperson)
        wizard = wizard.with_context(**action["context"]).create({})
        self.assertEqual(wizard.partner_ids, self.customer)
        self.assertEqual(wizard.program_id, self.program)

    def test_chart_shows_what_came_in_and_went_out_each_month(self):
        self._give_points(100)
        self.wallet._consume(self.wallet._hold(30, "hold:1"))
        chart = json.loads(self.wallet.chart)
        self.assertEqual(len(chart["labels"]), 12)
        came, went = (series["values"] for series in chart["series"])
        self.assertEqual((came[-1], went[-1]), (100, -30))
        self.assertEqual((sum(came), sum(went)), (100, -30))

    def test_officer_moves_a_wallet_through_its_life(self):
        wallet = self.wallet.with_user(self.officer)
        wallet.action_suspend()
        wallet.action_activate()
        wallet.action_leave()
        self.assertEqual(wallet.state, "left")
        with self.assertRaisesRegex(UserError, "Left"):
            wallet.action_suspend()

    def test_wallet_with_held_points_cannot_leave(self):
        self._give_points(100)
        self.wallet._hold(30, "hold:1")
        with self.assertRaisesRegex(UserError, "30 points"):
            self.wallet.with_user(self.officer).action_leave()

    def test_salesperson_does_not_change_the_state(self):
        with self.assertRaises(AccessError):
            self.wallet.with_user(self.salesperson).action_suspend()

    def test_nobody_hands_a_wallet_to_somebody_else(self):
        other = self._create_customer("Other")
        program = self._create_program(start=False)
        for vals in ({"partner_id": other.id}, {"program_id": program.id}):
            with self.subTest(vals=vals), self.assertRaises(UserError):
                self.wallet.with_user(self.officer).write(vals)
        self.wallet.with_user(self.officer).write({"partner_id": self.customer.id})

    def test_officer_does_not_open_wallets_past_enrolment(self):
        with self.assertRaises(AccessError):
            self.env["loyalty.b2b.wallet"].with_user(self.officer).create(
                {"program_id": self.program.id, "partner_id": self.customer.id}
            )

    def test_list_sorts_and_groups_by_what_is_available(self):
        rich = self._enrol(self._create_customer("Rich"))
        self._give_points(100)
        self._give_points(500, rich)
        wallets = self.env["loyalty.b2b.wallet"].with_user(self.officer)
        found = wallets.search([], order="available desc")
        self.assertEqual(found, rich | self.wallet)
        groups = wallets.formatted_read_group([], ["available"], ["__count"])
        self.assertEqual({group["available"] for group in groups}, {100, 500})

    def test_buttons_of_the_wallet_lead_to_its_ledger(self):
        self._give_points(100)
        self._give_points(5, self._enrol(self._create_customer("Other")))
        action = self.wallet.action_view_entries()
        entries = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(entries, self.wallet.entry_ids)
        self.assertEqual(self.wallet.entry_count, 1)

    # === FIGURES ON OTHER DOCUMENTS === #

    def test_customer_and_its_people_show_the_wallet(self):
        self._give_points(100)
        person = self.env["res.partner"].create(
            {"name": "Piotr", "parent_id": self.customer.id}
        )
        for partner in (self.customer, person):
            partner = partner.with_user(self.salesperson)
            self.assertEqual(partner.loyalty_b2b_wallet_id, self.wallet)
            self.assertEqual(partner.loyalty_b2b_available, 100)

    def test_customer_of_a_colleague_shows_nothing(self):
        self._give_points(100)
        self.customer.user_id = self.sales_all
        partner = self.customer.with_user(self.salesperson)
        self.assertFalse(partner.loyalty_b2b_wallet_id)
        self.assertFalse(partner.loyalty_b2b_available)

    def test_order_says_what_is_there_and_what_it_will_earn(self):
        self._give_points(1500)
        order = self._create_order([(self.product, 2, 620.0)])
        text = order.with_user(self.salesperson).loyalty_b2b_text
        self.assertIn("1,500 points available", text)
        self.assertIn("about 1,240 points", text)
        self.assertFalse(order.loyalty_b2b_can_invite)

    def test_order_promises_nothing_once_it_is_invoiced(self):
        order = self._create_order([(self.product, 2, 620.0)])
        order.action_confirm()
        order.order_line.qty_delivered = 2
        move = order._create_invoices()
        self.assertIn("after invoicing", order.loyalty_b2b_text)
        move.action_post()
        self.env.invalidate_all()
        self.assertNotIn("after invoicing", order.loyalty_b2b_text)

    def test_block_on_the_order_costs_at_most_ten_queries(self):
        self._give_points(1500)
        order = self._create_order([(self.product, 2, 620.0), (self.product, 1, 5.0)])
        order = order.with_user(self.salesperson)
        self.assertTrue(order.loyalty_b2b_text)
        for _turn in ("warm up", "measure"):
            self.env.flush_all()
            self.env.invalidate_all()
            # what the form reads anyway
            order.order_line.mapped("price_subtotal")
            order.read(["partner_invoice_id", "state"])
            (order.currency_id | order.company_id.currency_id).mapped("name")
            count = self.cr.sql_log_count
            order.read(["loyalty_b2b_text", "loyalty_b2b_can_invite"])
        self.assertLessEqual(self.cr.sql_log_count - count, 10)

    def test_new_documents_open_without_a_wallet(self):
        for model in ("res.partner", "sale.order"):
            with self.subTest(model=model):
                Form(self.env[model])

    def test_order_of_a_newcomer_offers_to_invite(self):
        newcomer = self._create_customer("Newcomer")
        order = self._create_order([(self.product, 1, 10.0)], partner=newcomer)
        order = order.with_user(self.salesperson)
        self.assertTrue(order.loyalty_b2b_can_invite)
        self.assertFalse(order.loyalty_b2b_text)
        order.action_loyalty_b2b_invite()
        self.env.invalidate_all()
        self.assertEqual(order.loyalty_b2b_wallet_id.state, "invited")
        self.assertFalse(order.loyalty_b2b_can_invite)

    def test_invoice_shows_what_it_gave_and_leads_to_the_why(self):
        move = self._create_invoice_of([250.0])
        self.assertEqual(move.loyalty_b2b_points, 250)
        action = move.action_loyalty_b2b_entries()
        entry = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(entry.line_ids.rule_name, self.program.rule_ids.name)

    # === HELPERS === #

    def _create_user(self, login, role):
        return new_test_user(
            self.env,
            login,
            groups=f"loyalty_b2b.group_loyalty_b2b_{role}",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )


@tagged("post_install", "-at_install")
class TestTours(LoyaltyB2bCommon, HttpCase):
    def test_why_is_one_click_from_every_entry(self):
        self._create_invoice_of([250.0])
        self.start_tour("/odoo", "loyalty_b2b_why", login=self.officer.login)

    def test_officer_corrects_points(self):
        self._give_points(100)
        self.start_tour("/odoo", "loyalty_b2b_adjust", login=self.officer.login)
        self.assertWallet(available=150)
