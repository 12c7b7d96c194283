"""Queries and time that each act adds to plain Odoo, ours beside Odoo's own loyalty.

One database, one run, warm, five lines a document. *Plain* is Odoo with our hooks
switched off and none of its own programmes; times are medians and say something only
beside each other.
"""

import sys
from contextlib import ExitStack
from pathlib import Path
from unittest.mock import patch

sys.path.insert(0, str(Path(__file__).parent))

import _fixtures as make  # noqa: E402

REPEAT = 7


def main(env):
    env = make.make_company(env)
    bench = Bench(env)
    bench.post("post one invoice", lambda: bench.draft())
    bench.post("post an order's first invoice", bench.draft_of_order)
    bench.post("post a linked credit note", bench.draft_credit)
    for count in (50, 100):
        bench.post(f"post a batch of {count}", lambda n=count: bench.draft(n, 2), 2)
    bench.rules()
    bench.confirm()
    bench.use()
    bench.report()


class Bench:
    """Runs acts with and without us, and keeps the rows of the table."""

    def __init__(self, env):
        self.env = env
        self.program = make.make_program(env)
        self.customer = make.make_customer(env)
        self.product = make.make_product(env)
        wallets = self.program._enrol(self.customer)
        wallets[self.customer]._open_balance(10**9, "bench:opening")
        env.cr.execute("UPDATE loyalty_b2b_participant SET date_start = '2015-01-01'")
        env.invalidate_all()
        self.rows = []

    def measure(self, prepare, act, repeat=REPEAT):
        """Return (queries, seconds) of an act, the median of warm runs."""
        return make.measure(self.env, prepare, act, repeat)

    def compare(self, name, prepare, act, off, repeat=REPEAT):
        """Measure an act without us and with us."""
        with ExitStack() as stack:
            for hook in off:
                stack.enter_context(hook)
            plain = self.measure(prepare, act, repeat)
        self.rows.append((name, plain, self.measure(prepare, act, repeat)))

    def post(self, name, prepare, repeat=REPEAT):
        self.compare(
            name, prepare, lambda moves: moves._post(), make.hooks_off(), repeat
        )

    def draft(self, count=1, lines=5):
        return make.make_invoices(self.env, self.customer, self.product, count, lines)

    def draft_of_order(self):
        order = make.make_order(self.env, self.customer, self.product)
        order.action_confirm()
        return order._create_invoices()

    def draft_credit(self):
        invoice = self.draft()
        invoice._post()
        return invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])

    def order(self):
        return make.make_order(self.env, self.customer, self.product)

    def rules(self):
        others = [make.make_product(self.env) for _number in range(20)]
        for count in (100, 1000):
            extra = count - len(self.program.rule_ids)
            self.program.rule_ids = [
                (0, 0, {"name": f"Rule {n}", "product_ids": others[n % 20].ids})
                for n in range(extra)
            ]
            self.post(f"post one invoice, {count} rules", self.draft)
        self.program.rule_ids[1:].active = False

    def confirm(self):
        redemptions = self.env["loyalty.b2b.redemption"].sudo()
        off = patch.object(
            type(self.env["sale.order"]),
            "_get_loyalty_b2b_uses",
            lambda orders: redemptions,
        )
        self.compare(
            "confirm an order without points",
            self.order,
            lambda order: order.action_confirm(),
            [off],
        )
        plain = self.rows[-1][1]
        used = self.measure(self.order_with_points, lambda o: o.action_confirm())
        self.rows.append(("confirm an order with points", plain, used))
        for count in (1, 10):
            self.add_odoo_programs(count)
            theirs = self.measure(self.order, lambda o: o.action_confirm())
            self.rows.append((f"the same, {count} Odoo programmes", plain, theirs))
        self.env["loyalty.program"].search([]).active = False

    def add_odoo_programs(self, count):
        self.env["loyalty.program"].search([]).active = False
        self.env["loyalty.program"].create(
            [
                {
                    "name": f"Odoo {number}",
                    "program_type": "loyalty",
                    "applies_on": "both",
                    "trigger": "auto",
                    "rule_ids": [
                        (0, 0, {"reward_point_mode": "money", "reward_point_amount": 1})
                    ],
                }
                for number in range(count)
            ]
        )

    def use_points(self, order, points=1000):
        self.env["loyalty.b2b.use.points"].create(
            {"order_id": order.id, "points": points}
        ).action_apply()

    def order_with_points(self):
        order = self.order()
        self.use_points(order)
        return order

    def use(self):
        # with the chatter that users get
        self.env = self.env(context={**self.env.context, "tracking_disable": False})

        def discount(order):
            self.env["sale.order.discount"].create(
                {
                    "sale_order_id": order.id,
                    "discount_type": "amount",
                    "discount_amount": 10.0,
                }
            ).action_apply_discount()

        discount(self.order())
        plain = self.measure(self.order, discount)
        ours = self.measure(self.order, self.use_points)
        self.rows.append(("use points, over sale's discount", plain, ours))

    def report(self):
        print(f"{'act':40} {'plain':>6} {'with':>6} {'adds':>6} {'time ×':>8}")
        for name, (plain, before), (ours, after) in self.rows:
            print(
                f"{name:40} {plain:6} {ours:6} {ours - plain:+6} {after / before:8.2f}"
            )
