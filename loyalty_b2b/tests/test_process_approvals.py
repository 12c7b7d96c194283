from functools import partial

from odoo.exceptions import UserError
from odoo.tests import tagged

from .process_common import ProcessCase


def answer(approval_id, partner_id, verdict, points, env):
    """Answer as an administrator does by his link."""
    approval = env["loyalty.b2b.approval"].browse(approval_id)
    partner = env["res.partner"].browse(partner_id)
    approval._answer_as(partner, verdict, points, "So")
    return verdict


@tagged("post_install", "-at_install")
class TestProcessApprovals(ProcessCase):
    """Answers at the same moment."""

    def _ask(self, points=1000, wished=600):
        """Create a wallet, two who decide and a wish; return their ids."""
        wallet_id, customer_id = self._create_wallet(points)
        with self._environment() as env:
            wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
            people = env["res.partner"].create(
                [
                    {"name": name, "parent_id": customer_id}
                    for name in ("Anna", "Bogdan", "Ewa")
                ]
            )
            for person in people[:2]:
                wallet._grant(person, "administers")
            return (
                wallet_id,
                customer_id,
                people.ids,
                self._wish(env, people[2], wished),
            )

    def _wish(self, env, person, wished):
        """Let a person wish for points on an order of his own."""
        order = env["sale.order"].create(
            {
                "partner_id": person.parent_id.id,
                "order_line": [
                    (0, 0, {"product_id": self.product_id, "price_unit": 100.0})
                ],
            }
        )
        env["loyalty.b2b.program"].browse(self.program_id).staff_use = "confirm"
        wish = order._use_loyalty_b2b_points(wished, person)
        return wish.approval_ids.id

    def test_two_answer_at_once_and_one_is_told_who_was_first(self):
        wallet_id, _customer, people, approval_id = self._ask()
        results = self.decide(
            partial(answer, approval_id, people[0], "accepted", None),
            partial(answer, approval_id, people[1], "reduced", 100),
        )
        self.assertEqual(self.count_done(results), 1)
        lost = next(r for r in results if isinstance(r, UserError))
        first = "Anna" if results[0] == "accepted" else "Bogdan"
        self.assertIn(f"already answered by {first}", str(lost))
        held = 600 if first == "Anna" else 100
        self.assertSound(wallet_id, held=held, available=1000 - held)

    def test_two_wishes_for_the_same_points(self):
        wallet_id, _customer, people, first = self._ask()
        with self._environment() as env:
            second = self._wish(env, env["res.partner"].browse(people[2]), 600)
        results = self.decide(
            partial(answer, first, people[0], "accepted", None),
            partial(answer, second, people[1], "accepted", None),
        )
        self.assertEqual(self.count_done(results), 1)
        lost = next(r for r in results if isinstance(r, UserError))
        self.assertIn("400 points available", str(lost))
        with self._environment() as env:
            verdicts = env["loyalty.b2b.approval"].browse([first, second])
            self.assertEqual(
                sorted(verdicts.mapped(lambda one: one.verdict or "")), ["", "accepted"]
            )
        self.assertSound(wallet_id, held=600, available=400)

    def test_an_answer_and_the_end_of_its_time(self):
        wallet_id, _customer, people, approval_id = self._ask()

        def withdraw(env):
            env["loyalty.b2b.approval"].browse(approval_id).redemption_id._withdraw()
            return "withdrawn"

        self.decide(partial(answer, approval_id, people[0], "accepted", None), withdraw)
        with self._environment() as env:
            verdict = env["loyalty.b2b.approval"].browse(approval_id).verdict
        held = {"accepted": 600, "withdrawn": 0}[verdict]
        self.assertSound(wallet_id, held=held, available=1000 - held)

    def test_two_clicks_are_one_wish(self):
        wallet_id, _customer, people, _approval = self._ask()
        with self._environment() as env:
            customer = env["res.partner"].browse(people[0]).parent_id
            order = env["sale.order"].create(
                {
                    "partner_id": customer.id,
                    "order_line": [
                        (0, 0, {"product_id": self.product_id, "price_unit": 100.0})
                    ],
                }
            )
            order_id = order.id

        def click(env):
            order = env["sale.order"].browse(order_id)
            person = env["res.partner"].browse(people[2])
            return order._use_loyalty_b2b_points(50, person, request_key="k" * 32).id

        first, second = self.decide(click, click)
        self.assertEqual(first, second)
        with self._environment() as env:
            wishes = env["loyalty.b2b.redemption"].search([("order_id", "=", order_id)])
            self.assertEqual(len(wishes), 1)
