from odoo import Command
from odoo.tests import tagged

from .portal_common import LoyaltyB2bPortalCommon


@tagged("post_install", "-at_install")
class TestWhy(LoyaltyB2bPortalCommon):
    """How the why of an entry reads, in the back office and for customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.everything = cls.program.rule_ids
        cls.nail = cls._create_goods("Nail", 5.0)

    @classmethod
    def _create_rule(cls, name, **values):
        return cls.env["loyalty.b2b.rule"].create(
            {"name": name, "program_id": cls.program.id, "sequence": 20, **values}
        )

    def _entry(self, move, kind="earn"):
        entries = move.loyalty_b2b_entry_ids
        return entries.filtered(lambda entry: entry.kind == kind)

    def _remarks(self, entry):
        return [remark for remark in entry.why_ids.mapped("remark") if remark]

    def _portal_text(self, entry):
        return self._text(self._read(f"/my/loyalty/{entry.id}"))

    # === LIMITS === #

    def test_a_limit_is_said_when_it_took_something(self):
        self.everything.cap_points = 150
        entry = self._entry(self._create_invoice_of([250.0]))
        self.assertEqual(self._remarks(entry), ["Limit: 150 of 250 points."])
        text = self._portal_text(entry)
        self.assertEqual(text.count("Limit: 150 of 250 points."), 1)

    def test_a_limit_that_took_nothing_is_not_mentioned(self):
        self.everything.cap_points = 250
        entry = self._entry(self._create_invoice_of([250.0]))
        self.assertIn("cap", entry.line_ids.mapped("part"))
        self.assertEqual(self._remarks(entry), [])
        self.assertNotIn("cap", entry.why_ids.mapped("part"))
        self.assertNotIn("Limit", self._portal_text(entry))

    def test_a_limit_that_was_reached_before_is_said(self):
        self.everything.cap_points = 250
        self._create_invoice_of([250.0])
        entry = self._entry(self._create_invoice_of([100.0]))
        self.assertEqual(
            self._remarks(entry),
            ["The limit of the rule has been reached.", "Limit: 0 of 100 points."],
        )

    def test_a_credit_says_what_the_limit_had_let_through(self):
        self.everything.cap_points = 150
        credit = self._credit(self._create_invoice_of([250.0]), [100.0])
        entry = self._entry(credit, "reversal")
        self.assertEqual(entry.points, -60)
        self.assertEqual(
            self._remarks(entry),
            ["Of these 100 points, the limit had let 60 through."],
        )

    def test_the_limit_of_an_order_is_said(self):
        self.everything.cap_order = 150
        entry = self._entry(self._create_invoice_of([100.0, 150.0]))
        self.assertEqual(self._remarks(entry), ["Limit: at most 150 points per order."])
        entry = self._entry(self._create_invoice_of([150.0]))
        self.assertEqual(self._remarks(entry), [])

    # === NOISE === #

    def test_rules_that_gave_nothing_are_folded(self):
        self.everything.stop = True
        self._create_rule("Second choice")
        self._create_rule("Once", trigger="first_order", sequence=5)
        self.everything.write({"min_amount": 1.0})
        entry = self._entry(self._create_invoice_of([200.0, 50.0]))
        self.assertEqual(entry.why_ids.rule_id, self.everything)
        self.assertEqual(
            set(entry.idle_ids.mapped("rule_name")), {"Second choice", "Once"}
        )
        text = self._portal_text(entry)
        self.assertNotIn("Second choice", text)
        self.assertNotIn("Once", text)

    def test_a_minimum_not_reached_is_said_once(self):
        self._create_rule("Big orders", min_amount=1000)
        entry = self._entry(self._create_invoice_of([200.0, (self.nail, 10, 5.0)]))
        self.assertEqual(
            self._remarks(entry),
            ["The order has not reached the rule's minimum so far."],
        )
        self.assertIn("has not reached the rule's minimum", self._portal_text(entry))

    def test_a_line_without_points_still_says_why(self):
        self.everything.product_ids = self.product
        self._create_rule("Nails later", trigger="on_time", product_ids=self.nail.ids)
        entry = self._entry(self._create_invoice_of([200.0, (self.nail, 10, 5.0)]))
        self.assertEqual(
            self._remarks(entry), ["Counted separately, once it is decided."]
        )

    def test_customers_do_not_read_by_what_they_are_told_apart(self):
        tag = self.env["res.partner.category"].create({"name": "Problem"})
        self.everything.customer_tag_ids = tag
        move = self._create_invoice_of([200.0])
        self._create_rule("Others", product_ids=self.nail.ids)
        entry = self._entry(self._create_invoice_of([200.0, (self.nail, 10, 5.0)]))
        self.assertIn("another tag", " ".join(self._remarks(entry)))
        text = self._portal_text(entry)
        self.assertIn("The rule is for other customers.", text)
        self.assertNotIn("tag", text)
        self.assertEqual(self._points_of(move), 0)

    # === RATES === #

    def test_rates_read_as_sentences(self):
        for values, text in (
            ({"effect": "multiplier", "factor": 2.5}, "2.5 times the points"),
            ({"effect": "order", "points": 30}, "30 per order"),
            ({"effect": "bonus", "points": 30}, "30 once per customer"),
            ({"effect": "unit", "points": 2}, "2 per unit"),
            ({"effect": "unit", "points": 2, "units": 5.0}, "2 per 5 units"),
            (
                {"effect": "step", "points": 2, "amount": 100.0},
                f"2 per full {self.currency.format(100)}",
            ),
            (
                {
                    "effect": "ladder",
                    "step_ids": [Command.create({"amount": 100, "points": 7})],
                },
                "By steps of the order’s amount",
            ),
        ):
            with self.subTest(values=values):
                rule = self._create_rule("Rate", **values)
                entry = self._entry(self._create_invoice_of([(self.nail, 50, 5.0)]))
                line = entry.why_ids.filtered(lambda x, rule=rule: x.rule_id == rule)
                self.assertGreater(line.points, 0)
                self.assertEqual(line.rate_text, text)
                rule.active = False

    def test_the_channel_is_named(self):
        order = self._create_order([(self.product, 1, 100.0)], confirm=True)
        order.order_line.qty_delivered = 1
        move = order._create_invoices()
        move.action_post()
        self.assertEqual(self._entry(move).why_ids.channel_text, "Salesperson")
