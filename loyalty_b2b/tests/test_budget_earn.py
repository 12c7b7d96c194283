from contextlib import contextmanager
from unittest.mock import patch

from odoo import Command
from odoo.tests import tagged

from .common import LoyaltyB2bCommon

MOVE = "odoo.addons.loyalty_b2b.models.account_move.AccountMove"


@tagged("post_install", "-at_install")
class TestBudgetEarn(LoyaltyB2bCommon):
    """DESIGN §9: what posting may cost beside plain Odoo, by query count."""

    @contextmanager
    def _plain_odoo(self):
        """Switch our hooks off."""
        with (
            patch(f"{MOVE}._book_loyalty_b2b"),
            patch(f"{MOVE}._queue_loyalty_b2b_activation"),
        ):
            yield

    def _count(self, prepare):
        """Return the queries that posting takes, commit hooks included.

        :param prepare: called for fresh draft moves, without counting.
        """
        moves = prepare()
        self.env.flush_all()
        self.env.cr.flush()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        moves._post()
        self.env.cr.flush()
        return self.env.cr.sql_log_count - before

    def assertAdds(self, most, prepare):
        """Check how many queries we add, warm, and return the number."""
        self._count(prepare)
        with self._plain_odoo():
            self._count(prepare)
            plain = self._count(prepare)
        ours = self._count(prepare)
        self.assertLessEqual(ours - plain, most, f"{ours} instead of {plain}")
        return ours - plain

    def _draft(self, count=1, lines=5):
        amounts = [10.0 * (number + 1) for number in range(lines)]
        moves = self.env["account.move"]
        for _number in range(count):
            moves |= self._create_invoice_of(amounts, post=False)
        return moves

    def test_posting_an_invoice(self):
        self.assertAdds(6, self._draft)

    def test_posting_an_invoice_of_an_order(self):
        def draft():
            order = self._create_order([(self.product, 5, 10.0)] * 5, confirm=True)
            return order._create_invoices()

        self.assertAdds(6, draft)

    def test_posting_the_second_invoice_of_an_order(self):
        def draft():
            order = self._create_order([(self.product, 5, 10.0)] * 5, confirm=True)
            first = order._create_invoices()
            first.invoice_line_ids.quantity = 2
            first._post()
            return order._create_invoices()

        self.assertAdds(8, draft)

    def test_posting_a_linked_credit_note(self):
        def draft():
            invoice = self._draft()
            invoice._post()
            return self._credit(invoice, post=False)

        self.assertAdds(8, draft)

    def test_posting_for_a_customer_without_a_wallet(self):
        customer = self._create_customer("Bez portfela", "1111111111")

        def draft():
            return self._create_invoice_of([10.0] * 5, partner=customer, post=False)

        self.assertAdds(2, draft)

    def test_a_batch_costs_the_same_for_any_number_of_invoices(self):
        ten = self.assertAdds(12, lambda: self._draft(10, 2))
        thirty = self.assertAdds(12, lambda: self._draft(30, 2))
        self.assertEqual(ten, thirty)

    def test_referrals_cost_posting_nothing(self):
        self.program.write({"referral_mode": "fixed", "welcome_points": 500})
        referral = self.env["loyalty.b2b.referral"].create(
            {"wallet_id": self.wallet.id, "name": "Referred"}
        )
        referral.sudo()._join(self._create_customer("Referred", "7010202000"))
        self.assertAdds(6, self._draft)

    def test_posting_is_flat_in_the_number_of_rules(self):
        one = self.assertAdds(6, self._draft)
        other = self._create_goods("Saw", 10.0)
        self.program.rule_ids = [
            Command.create({"name": f"Rule {n}", "product_ids": other.ids})
            for n in range(1000)
        ]
        self.assertEqual(self.assertAdds(6, self._draft), one)

    def test_a_capped_rule_may_cost_two_more(self):
        self.program.rule_ids.write({"cap_points": 10**9, "cap_period": "month"})
        self.assertAdds(8, self._draft)
        ten = self.assertAdds(12, lambda: self._draft(10, 2))
        self.assertEqual(self.assertAdds(12, lambda: self._draft(30, 2)), ten)

    def test_a_linked_credit_note_under_a_cap(self):
        self.program.rule_ids.write({"cap_points": 10**9, "cap_period": "month"})

        def draft():
            invoice = self._draft()
            invoice._post()
            return self._credit(invoice, post=False)

        self.assertAdds(10, draft)

    def test_posting_is_flat_in_rules_of_all_kinds(self):
        tag = self.env["product.tag"].create({"name": "Green"})
        label = self.env["res.partner.category"].create({"name": "Builder"})
        self.product.product_tag_ids = tag
        self.customer.category_id = label
        kinds = [
            {"effect": "unit", "product_tag_ids": tag.ids},
            {"effect": "order", "customer_tag_ids": label.ids, "min_amount": 10},
            {
                "effect": "multiplier",
                "factor": 1.01,
                "country_ids": self.customer.country_id.ids,
            },
            {"min_margin_percent": 10, "channel_sales": True},
            {"effect": "step", "amount": 50, "exclusive_group": "a"},
            {"trigger": "first_order", "effect": "bonus", "points": 5},
        ]
        added = set()
        for count in (1, 100):
            self.program.rule_ids = [
                Command.create({"name": f"Rule {n}", **values})
                for n in range(count)
                for values in kinds
            ]
            added.add(self.assertAdds(6, self._draft))
        self.assertEqual(len(added), 1)

    def test_levels_cost_no_query(self):
        one = self.assertAdds(6, self._draft)
        term = self.env["account.payment.term"].create({"name": "60 days"})
        self.program.tier_ids = [
            Command.create(
                {
                    "name": f"Level {number}",
                    "threshold": number,
                    "factor": 1.5,
                    "payment_term_id": term.id,
                }
            )
            for number in range(1, 30)
        ]
        move = self._draft()
        move._post()
        self.wallet._lock()
        self.wallet._settle()
        self.assertTrue(self.wallet.tier_id)
        self.assertEqual(self.assertAdds(6, self._draft), one)

    def test_filters_cost_one_query_whatever_their_number(self):
        one = self.assertAdds(6, self._draft)
        for count in (1, 30):
            self.program.rule_ids = [
                Command.create(
                    {
                        "name": f"Rule {n}",
                        "product_domain": f"[('list_price', '>', {n})]",
                        "customer_domain": f"[('name', '!=', 'x{n}')]",
                    }
                )
                for n in range(count)
            ]
            self.assertLessEqual(self.assertAdds(6, self._draft), one + 1)
