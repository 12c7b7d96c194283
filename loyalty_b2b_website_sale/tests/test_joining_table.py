from odoo import Command
from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestJoiningTable(ShopCommon):
    """The point table says what orders earn, as the engine counts them."""

    def _create_rule(self, **values):
        return self.env["loyalty.b2b.rule"].create(
            {"name": "More", "program_id": self.program.id, **values}
        )

    def _get_table(self):
        table = self.program._prepare_shop_examples()
        rows = {}
        for row in table["rows"]:
            points = [text.replace("\N{NO-BREAK SPACE}", " ") for text in row["points"]]
            rows[row["what"], row["order"].replace("\N{NO-BREAK SPACE}", " ")] = points
        return table["columns"], rows

    def _order(self, amount):
        return self.program._format_tier_amount(amount).replace(
            "\N{NO-BREAK SPACE}", " "
        )

    def test_one_rule_is_one_row(self):
        columns, rows = self._get_table()
        self.assertEqual(columns, [""])
        self.assertEqual(rows, {("", self._order(1000)): ["1,000 points"]})

    def test_a_category_of_its_own_adds_up(self):
        self._create_rule(
            points=2, amount=1.0, category_ids=[Command.set(self.category.ids)]
        )
        _columns, rows = self._get_table()
        self.assertEqual(rows["", self._order(1000)], ["1,000 points"])
        self.assertEqual(rows["Tools", self._order(1000)], ["3,000 points"])

    def test_levels_are_columns(self):
        self.env["loyalty.b2b.tier"].create(
            {
                "name": "Gold",
                "program_id": self.program.id,
                "threshold": 5000,
                "factor": 2,
            }
        )
        columns, rows = self._get_table()
        self.assertEqual(columns, ["", "Gold"])
        self.assertEqual(rows["", self._order(1000)], ["1,000 points", "2,000 points"])

    def test_steps_and_units_are_rows(self):
        self._create_rule(
            effect="ladder",
            step_ids=[Command.create({"amount": 3000, "points": 700})],
        )
        self._create_rule(
            effect="unit",
            points=5,
            units=2,
            product_ids=[Command.set(self.product.ids)],
        )
        _columns, rows = self._get_table()
        self.assertEqual(rows["", self._order(3000)], ["3,700 points"])
        self.assertEqual(rows["Drill", "2 units"], ["5 points"])

    def test_what_is_not_for_everybody_now_is_left_out(self):
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        self._create_rule(points=9, amount=1.0, customer_tag_ids=[Command.set(tag.ids)])
        self._create_rule(points=9, amount=1.0, date_start="2099-01-01")
        self._create_rule(points=9, amount=1.0, date_end="2001-01-01")
        self._create_rule(effect="bonus", points=900)
        _columns, rows = self._get_table()
        self.assertEqual(rows, {("", self._order(1000)): ["1,000 points"]})

    def test_the_table_earns_what_it_says(self):
        self._create_rule(effect="step", points=30, amount=400.0)
        _columns, rows = self._get_table()
        order = self._create_cart([(self.product, 10, 100.0)])
        points = order._get_loyalty_b2b_expected_points(self.program)
        self.assertEqual(rows["", self._order(1000)], [f"{points:,} points"])

    def test_an_order_of_what_is_excluded_is_no_row(self):
        self.program.excluded_category_ids = self.category
        self._create_rule(
            points=2, amount=1.0, category_ids=[Command.set(self.category.ids)]
        )
        _columns, rows = self._get_table()
        self.assertNotIn(("Tools", self._order(1000)), rows)
