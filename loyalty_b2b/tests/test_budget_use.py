from unittest.mock import patch

from odoo.tests import tagged

from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestBudgetUse(UseCommon):
    """What using points adds to plain Odoo, in queries (DESIGN §9)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(100000)

    def _order(self, number=5):
        order = self._create_order(
            [(self.product, 1, 100.0 + n) for n in range(number)]
        )
        return order.with_user(self.salesperson)

    def _count(self, call):
        """Return the queries of a call on records that are not in memory."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        call()
        self.env.flush_all()
        return self.cr.sql_log_count - before

    def _confirm_plain(self, order):
        """Confirm as if this addon were not there."""

        def none(orders):
            return orders.env["loyalty.b2b.redemption"].sudo()

        bare = patch.multiple(
            type(self.env["sale.order"]),
            _get_loyalty_b2b_uses=none,
            _get_loyalty_b2b_wishes=none,
        )
        with bare:
            return self._count(order.action_confirm)

    def test_confirming_costs_nothing_without_and_little_with_points(self):
        self._order().action_confirm()
        self._use_points(self._order(), 1000)
        self._confirm_plain(self._order())
        plain = self._confirm_plain(self._order())
        without = self._count(self._order().action_confirm)
        order = self._order()
        self._use_points(order, 1000)
        with_points = self._count(order.action_confirm)
        self.assertLessEqual(without - plain, 2)
        self.assertLessEqual(with_points - plain, 11)

    def test_confirming_costs_no_more_on_a_level(self):
        term = self.env["account.payment.term"].create({"name": "60 days"})
        level = self.env["loyalty.b2b.tier"].create(
            {
                "name": "Gold",
                "program_id": self.program.id,
                "threshold": 100,
                "factor": 1.5,
                "payment_term_id": term.id,
            }
        )
        self.wallet._set_tier(level, "Test", None)
        self.assertEqual(self._order().payment_term_id, term)
        self._order().action_confirm()
        self._confirm_plain(self._order())
        plain = self._confirm_plain(self._order())
        self.assertLessEqual(self._count(self._order().action_confirm) - plain, 2)

    def test_using_points_costs_little_over_odoos_discount(self):
        def discount(order):
            self.env["sale.order.discount"].with_user(self.salesperson).create(
                {
                    "sale_order_id": order.id,
                    "discount_type": "amount",
                    "discount_amount": 10.0,
                }
            ).action_apply_discount()

        self.company.sale_discount_product_id = self._create_goods("Discount", 0.0)
        discount(self._order())
        self._use_points(self._order(), 1000)
        order = self._order()
        plain = self._count(lambda: discount(order))
        order = self._order()
        with_points = self._count(lambda: self._use_points(order, 1000))
        self.assertLessEqual(with_points - plain, 16)

    def test_invoices_without_points_cost_nothing_and_with_points_little(self):
        def invoice(points):
            order = self._order()
            if points:
                self._use_points(order, points)
            order.sudo().action_confirm()
            return order.sudo()._create_invoices()

        def post(moves):
            return self._count(lambda: moves._post())

        hook = "_get_loyalty_b2b_redemptions"
        post(invoice(1000))
        with patch.object(type(self.env["account.move"]), hook, lambda moves: {}):
            # the first of its kind also fills caches
            bare = min(post(invoice(0)) for _turn in range(2))
            bare_with = post(invoice(1000))
            moves = invoice(1000)
            moves._post()
            bare_credit = post(self._credit(moves, post=False))
        moves = invoice(1000)
        ours = min(post(invoice(0)) for _turn in range(2))
        # whether the lines' use of points comes with their other columns depends on
        # what was read before; test_budget_earn holds the sum of both hooks
        self.assertLessEqual(ours - bare, 1)
        self.assertLessEqual(post(moves) - bare_with, 6)
        self.assertLessEqual(post(self._credit(moves, post=False)) - bare_credit, 8)

    def test_order_form_costs_little(self):
        order = self._order()
        self._use_points(order, 1000)
        names = ["name", "order_line", "amount_total"]
        more = ["loyalty_b2b_can_use", "loyalty_b2b_points", "loyalty_b2b_is_outdated"]
        self._count(lambda: order.read([*names, *more]))
        plain = self._count(lambda: order.read(names))
        self.assertLessEqual(
            self._count(lambda: order.read([*names, *more])) - plain, 10
        )
