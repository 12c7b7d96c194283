from functools import partial

from odoo import Command
from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests.process_common import ProcessCase


def start(order_id, env):
    """Start a payment of a cart; return the transaction's id."""
    order = env["sale.order"].browse(order_id)
    provider = env.ref("payment.payment_provider_demo")
    provider.state = "test"
    transaction = env["payment.transaction"].create(
        {
            "provider_id": provider.id,
            "payment_method_id": provider.payment_method_ids[:1].id,
            "reference": f"{order.name}-{len(order.transaction_ids)}",
            "amount": order.amount_total,
            "currency_id": order.currency_id.id,
            "partner_id": order.partner_id.id,
            "sale_order_ids": [Command.set(order.ids)],
            "operation": "online_direct",
        }
    )
    return transaction.id


def finish(transaction_id, env):
    """Hear that a payment was made."""
    transaction = env["payment.transaction"].browse(transaction_id)
    transaction._set_done()
    transaction._check_amount_and_confirm_order()
    return "done"


def release(wallet_id, env):
    """Do what the hourly job does."""
    env["loyalty.b2b.wallet"].browse(wallet_id)._release_overdue()
    return "released"


@tagged("post_install", "-at_install")
class TestProcessPayment(ProcessCase):
    """Carts of one company that are paid at the same moment."""

    def _create_cart(self, customer_id, points):
        """Create a cart in which points are chosen, committed; return its id."""
        with self._environment() as env:
            program = env["loyalty.b2b.program"].browse(self.program_id)
            website = env["website"].search([], limit=1)
            website.company_id = program.company_id
            order = env["sale.order"].create(
                {
                    "partner_id": customer_id,
                    "website_id": website.id,
                    "require_payment": True,
                    "prepayment_percent": 1.0,
                    "order_line": [
                        Command.create(
                            {"product_id": self.product_id, "price_unit": 100.0}
                        )
                    ],
                }
            )
            self.assertEqual(order._use_loyalty_b2b_points(points).state, "draft")
            return order.id

    def test_two_carts_for_the_same_points(self):
        wallet_id, customer_id = self._create_wallet(1000)
        orders = [self._create_cart(customer_id, 600) for _cart in range(2)]
        results = self.decide(*(partial(start, order_id) for order_id in orders))
        self.assertEqual(self.count_done(results), 1)
        self.assertSound(wallet_id, held=600, available=400)

    def test_the_answer_comes_while_the_time_ends(self):
        wallet_id, customer_id = self._create_wallet(1000)
        order_id = self._create_cart(customer_id, 600)
        with self._environment() as env:
            transaction_id = start(order_id, env)
            order = env["sale.order"].browse(order_id)
            order._get_loyalty_b2b_uses().date_hold_end = "2024-01-01"
        self.decide(partial(finish, transaction_id), partial(release, wallet_id))
        with self._environment() as env:
            order = env["sale.order"].browse(order_id)
            self.assertEqual(order.state, "sale")
            self.assertEqual(order._get_loyalty_b2b_uses().state, "done")
        self.assertSound(wallet_id, balance=400, held=0, available=400)
