from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestTryIt(LoyaltyB2bCommon):
    """What each rule gives for a posted invoice, and why the others give nothing."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.everything = cls.program.rule_ids
        cls.nail_category = cls.env["product.category"].create({"name": "Nails"})
        cls.nail = cls._create_goods("Nail", 5.0, categ_id=cls.nail_category.id)

    @classmethod
    def _create_rule(cls, name, **values):
        return cls.env["loyalty.b2b.rule"].create(
            {"name": name, "program_id": cls.program.id, "sequence": 20, **values}
        )

    def _try(self, move, user=None, program=None):
        dialogs = self.env["loyalty.b2b.try"].with_user(user or self.officer)
        program = program or self.program
        return dialogs.create({"program_id": program.id, "move_id": move.id})

    def _row(self, dialog, rule):
        row = dialog.rule_ids.filtered(lambda row: row.rule_id == rule)
        self.assertEqual(len(row), 1)
        return row.points, row.text or ""

    # === WHAT RULES GIVE === #

    def test_every_active_rule_is_listed_with_its_points(self):
        nails = self._create_rule(
            "Nails", category_ids=self.nail_category.ids, points=2
        )
        gone = self._create_rule("Gone", active=False)
        dialog = self._try(self._create_invoice_of([200.0, (self.nail, 10, 5.0)]))
        self.assertEqual(dialog.rule_ids.rule_id, self.everything | nails)
        self.assertNotIn(gone, dialog.rule_ids.rule_id)
        self.assertEqual(self._row(dialog, self.everything), (250, ""))
        self.assertEqual(self._row(dialog, nails), (100, ""))
        self.assertEqual(dialog.points, 350)
        self.assertEqual(sum(dialog.rule_ids.mapped("points")), 350)
        self.assertEqual(sum(dialog.line_ids.mapped("points")), 350)

    def test_it_is_what_posting_booked(self):
        self._create_rule("Ladder", effect="ladder", step_ids=self._steps((300, 50)))
        self._create_rule("Odd", points=3, amount=7.0)
        move = self._create_invoice_of([199.99, (self.nail, 7, 33.33)])
        self.assertEqual(self._try(move).points, self._points_of(move))
        self.assertIn(f"{self._points_of(move)} points", self._try(move).notice)

    def _steps(self, *steps):
        return [
            Command.create({"amount": amount, "points": points})
            for amount, points in steps
        ]

    def test_nothing_is_booked(self):
        move = self._create_invoice_of([200.0])
        ledger = self.env["loyalty.b2b.entry"].search([])
        counters = self.env["loyalty.b2b.counter"].search([])
        self._create_rule("Capped", cap_points=10)
        self._try(move)
        self.assertEqual(self.env["loyalty.b2b.entry"].search([]), ledger)
        self.assertEqual(self.env["loyalty.b2b.counter"].search([]), counters)

    def test_an_invoice_counts_after_the_earlier_ones_of_its_order(self):
        ladder = self._create_rule(
            "Ladder", effect="ladder", step_ids=self._steps((300, 50), (900, 100))
        )
        order = self._create_order([(self.product, 4, 100.0)], confirm=True)
        moves = self.env["account.move"]
        for quantity in (2, 2):
            order.order_line.qty_delivered += quantity
            move = order._create_invoices()
            move.invoice_line_ids.quantity = quantity
            move.action_post()
            moves |= move
        first, second = (self._try(move) for move in moves)
        self.assertEqual(self._row(first, ladder)[0], 0)
        self.assertIn("next step", self._row(first, ladder)[1])
        self.assertEqual(self._row(second, ladder)[0], 50)
        self.assertEqual(second.points, self._points_of(moves[1]))

    def test_a_discount_for_points_lowers_what_its_lines_give(self):
        move = self._create_invoice_of([200.0, (self.nail, 1, -20.0)])
        self.assertEqual(self._try(move).points, 180)

    # === WHY RULES GIVE NOTHING === #

    def test_the_first_condition_that_failed_is_said_in_words(self):
        germany = self.env.ref("base.de")
        move = self._create_invoice_of([200.0])
        for values, word in (
            ({"product_ids": self.nail.ids}, "for other products"),
            ({"country_ids": germany.ids}, "other countries"),
            ({"channel_web": True}, "placed another way"),
            ({"date_start": "2099-01-01"}, "not in force on this date yet"),
            ({"date_end": "2001-01-01"}, "any more"),
            ({"min_amount": 200.01}, "minimum"),
            ({"has_min_margin": True, "min_margin_percent": 100.5 - 1}, "99.5%"),
        ):
            with self.subTest(values=values):
                if "min_margin_percent" in values:
                    self.product.standard_price = 50
                rule = self._create_rule("Conditioned", **values)
                points, text = self._row(self._try(move), rule)
                self.assertEqual(points, 0)
                self.assertIn(word, text)
                rule.active = False

    def test_of_several_lines_the_one_that_came_furthest_speaks(self):
        rule = self._create_rule(
            "Nails", category_ids=self.nail_category.ids, channel_web=True
        )
        move = self._create_invoice_of([200.0, (self.nail, 1, 5.0)])
        self.assertIn("placed another way", self._row(self._try(move), rule)[1])

    def test_a_rule_that_another_one_shuts_out_says_so(self):
        self.everything.stop = True
        rule = self._create_rule("Late")
        text = self._row(self._try(self._create_invoice_of([200.0])), rule)[1]
        self.assertIn("Another rule counts instead", text)

    def test_a_multiplier_of_nothing_says_so(self):
        self.everything.product_ids = self.nail
        rule = self._create_rule("Double", effect="multiplier", factor=2)
        text = self._row(self._try(self._create_invoice_of([200.0])), rule)[1]
        self.assertIn("give nothing for its lines", text)

    # === LIMITS AND WHAT COMES LATER === #

    def test_limits_are_stated_with_what_they_take(self):
        for values in ({"cap_order": 150}, {"cap_points": 150}):
            with self.subTest(values=values):
                rule = self._create_rule("Capped", **values)
                row = self._row(self._try(self._create_invoice_of([250.0])), rule)
                self.assertEqual(row, (150, "Limit: 150 of 250 points."))
                rule.active = False

    def test_a_limit_that_takes_nothing_is_shared_with_other_orders(self):
        rule = self._create_rule("Capped", cap_points=300)
        points, text = self._row(self._try(self._create_invoice_of([250.0])), rule)
        self.assertEqual(points, 250)
        self.assertIn("other orders", text)

    def test_what_is_decided_later_says_what_it_would_give(self):
        move = self._create_invoice_of([250.0])
        for values, words in (
            ({"trigger": "first_order"}, "500 points more if this is"),
            (
                {"trigger": "on_time"},
                "500 points more when the invoice is paid on time",
            ),
            (
                {"trigger": "goal", "effect": "bonus", "points": 700},
                "gives 700 points when reached",
            ),
        ):
            with self.subTest(values=values):
                rule = self._create_rule("Later", **{"points": 2, **values})
                dialog = self._try(move)
                points, text = self._row(dialog, rule)
                self.assertEqual((points, dialog.points), (0, 250))
                self.assertIn(words, text)
                rule.active = False

    # === WHO TAKES PART === #

    def test_customers_without_a_wallet_would_earn(self):
        newcomer = self._create_customer("Newcomer")
        dialog = self._try(self._create_invoice_of([250.0], partner=newcomer))
        self.assertEqual(dialog.points, 250)
        self.assertIn("Newcomer does not take part", dialog.notice)
        self.assertIn("Nothing is booked", dialog.notice)

    def test_rules_of_a_draft_programme_can_be_tried(self):
        draft = self._create_program(start=False, name="Draft")
        dialog = self._try(self._create_invoice_of([250.0]), program=draft)
        self.assertEqual(dialog.points, 250)
        self.assertIn("does not let this invoice earn now", dialog.notice)

    # === SCREENS === #

    def test_buttons_open_the_dialog(self):
        move = self._create_invoice_of([250.0])
        self.assertTrue(move.with_user(self.sales_all).loyalty_b2b_can_try)
        action = move.with_user(self.sales_all).action_loyalty_b2b_try()
        dialogs = self.env[action["res_model"]].with_user(self.sales_all)
        with Form(dialogs.with_context(**action["context"])) as form:
            self.assertEqual(form.points, 250)
        for action in (self.everything.action_try(), self.program.action_try()):
            dialogs = self.env[action["res_model"]].with_user(self.officer)
            with Form(dialogs.with_context(**action["context"])) as form:
                self.assertFalse(form.points)
                form.move_id = move
                self.assertEqual(form.points, 250)

    # === WHO MAY === #

    def test_only_posted_invoices_are_tried(self):
        draft = self._create_invoice_of([250.0], post=False)
        credit = self._credit(self._create_invoice_of([250.0]))
        for move in (draft, credit):
            self.assertFalse(move.loyalty_b2b_can_try)
            with self.assertRaises(UserError):
                self._try(move)

    def test_a_salesperson_tries_invoices_of_own_customers_only(self):
        theirs = self._create_customer("Cudzy", "7010023456", user_id=self.sales_all.id)
        own = self._create_invoice_of([250.0], invoice_user_id=self.salesperson.id)
        # the invoice itself may be read, what its customer earns may not
        other = self._create_invoice_of(
            [250.0], partner=theirs, invoice_user_id=self.salesperson.id
        )
        hidden = self._create_invoice_of([250.0], invoice_user_id=self.sales_all.id)
        self.assertEqual(self._try(own, self.salesperson).points, 250)
        domain = own.with_user(self.salesperson)._get_loyalty_b2b_try_domain()
        moves = self.env["account.move"].with_user(self.salesperson).search(domain)
        self.assertEqual(moves & (own | other | hidden), own)
        self.assertFalse(other.with_user(self.salesperson).loyalty_b2b_can_try)
        for move in (other, hidden):
            with self.assertRaises(AccessError):
                move.with_user(self.salesperson).action_loyalty_b2b_try()
            with self.assertRaises(AccessError):
                self._try(move, self.salesperson)
            with self.assertRaises(AccessError):
                Form(
                    self.env["loyalty.b2b.try"]
                    .with_user(self.salesperson)
                    .with_context(
                        default_program_id=self.program.id, default_move_id=move.id
                    )
                )

    def test_people_outside_of_the_programme_try_nothing(self):
        move = self._create_invoice_of([250.0])
        for groups in ("base.group_portal", "base.group_user"):
            user = new_test_user(
                self.env,
                f"try_{groups[-4:]}",
                groups=groups,
                company_id=self.company.id,
                company_ids=[Command.set(self.company.ids)],
            )
            if groups == "base.group_portal":
                user.partner_id.parent_id = self.customer
            with self.subTest(groups=groups):
                with self.assertRaises(AccessError):
                    self._try(move, user)
                with self.assertRaises(AccessError):
                    move.with_user(user).action_loyalty_b2b_try()
                with self.assertRaises(AccessError):
                    self.program.with_user(user).action_try()

    def test_nobody_reads_the_trial_of_somebody_else(self):
        dialog = self._try(self._create_invoice_of([250.0]))
        theirs = dialog.with_user(self.sales_all)
        for records in (theirs, dialog.rule_ids.with_user(self.sales_all)):
            with self.assertRaises(AccessError):
                records.read(["points"])

    def test_each_line_says_by_which_rules_it_earns(self):
        self._create_rule("Nails", product_ids=self.nail.ids, points=2)
        self._create_rule("Later", trigger="on_time")
        excluded = self._create_goods("Bucket", 50.0)
        self.program.excluded_product_ids = excluded
        move = self._create_invoice_of([(self.nail, 10, 5.0), (excluded, 1, 50.0)])
        lines = self._try(move).line_ids
        self.assertEqual(lines.mapped("points"), [150, 0])
        self.assertEqual(lines[0].text, "Everything: 50 · Nails: 100")
        self.assertIn("excluded from the programme", lines[1].text)
