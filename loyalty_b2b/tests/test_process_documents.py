from functools import partial

from odoo import Command, fields
from odoo.tests import tagged

from .process_common import ProcessCase
from .test_process_wallet import merge, spend


def post(move_id, env):
    """Post a document and commit, as the button does."""
    env["account.move"].browse(move_id).action_post()


def confirm(order_ids, env):
    env["sale.order"].browse(order_ids).action_confirm()


@tagged("post_install", "-at_install")
class TestProcessDocuments(ProcessCase):
    """Documents and acts of choice at the same moment."""

    def _create_invoices(self, partner_id, amounts, **values):
        with self._environment() as env:
            vals_list = [
                self._prepare_invoice(partner_id, a, **values) for a in amounts
            ]
            return env["account.move"].create(vals_list).ids

    def _create_credit(self, invoice_id, amount):
        with self._environment() as env:
            invoice = env["account.move"].browse(invoice_id)
            credit = invoice._reverse_moves([{"invoice_date": fields.Date.today()}])
            credit.invoice_line_ids.price_unit = amount
            return credit.id

    def _create_order(self, partner_id, amounts, points=0, product_id=None):
        product_id = product_id or self.product_id
        line = {"product_id": product_id, "tax_ids": [Command.clear()]}
        with self._environment() as env:
            order = env["sale.order"].create(
                {
                    "partner_id": partner_id,
                    "order_line": [
                        Command.create({**line, "price_unit": a}) for a in amounts
                    ],
                }
            )
            if points:
                order._use_loyalty_b2b_points(points)
            return order.id

    def assertDone(self, results):
        for result in results:
            if isinstance(result, Exception):
                raise result

    # === EARNING === #

    def test_two_credit_notes_of_one_invoice_take_back_what_it_earned(self):
        wallet_id, partner_id = self._create_wallet()
        (invoice_id,) = self._create_invoices(partner_id, [99.99])
        self._request(partial(post, invoice_id))
        credits = [self._create_credit(invoice_id, amount) for amount in (49.99, 50.0)]
        self.assertDone(self.decide(*(partial(post, credit) for credit in credits)))
        self.assertSound(wallet_id, balance=0, available=0)

    def test_two_full_credit_notes_take_back_no_more_than_was_earned(self):
        wallet_id, partner_id = self._create_wallet(5)
        (invoice_id,) = self._create_invoices(partner_id, [100.0])
        self._request(partial(post, invoice_id))
        credits = [self._create_credit(invoice_id, 100.0) for _number in range(2)]
        self.assertDone(self.decide(*(partial(post, credit) for credit in credits)))
        self.assertSound(wallet_id, balance=5, available=5)

    def test_what_expires_while_it_is_taken_back_is_not_lost_twice(self):
        """The credit note does not see the expiry, and the job not the credit note."""
        wallet_id, partner_id = self._create_wallet(7)
        (invoice_id,) = self._create_invoices(partner_id, [100.0])
        self._request(partial(post, invoice_id))
        credit_id = self._create_credit(invoice_id, 60.0)
        with self._environment() as env:
            env.cr.execute(
                "UPDATE loyalty_b2b_entry SET date_expiry = CURRENT_DATE - 3"
                " WHERE move_ref = %s",
                [invoice_id],
            )
        with self._environment() as env:
            self.assertEqual(env["loyalty.b2b.wallet"].browse(wallet_id).balance, 107)
            with self._environment() as job:
                self.assertTrue(job["loyalty.b2b.wallet"].browse(wallet_id)._expire())
            post(credit_id, env)
        with self._environment() as env:
            wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
            self.assertEqual(wallet.balance, -53)
            wallet._settle_job()
        # 100 earned, 100 expired, of these 60 given back and taken back: 7 are left
        self.assertSound(wallet_id, balance=7, available=7)

    def _create_split_order(self, partner_id, amounts):
        """Create an order with a draft invoice of each line, and a rule with a step."""
        with self._environment() as env:
            product = env["product.product"].create(
                {"name": "Nail", "invoice_policy": "order"}
            )
            rule = {
                "name": "Step",
                "effect": "step",
                "points": 50,
                "amount": 100.0,
                "product_ids": [Command.link(product.id)],
            }
            program = env["loyalty.b2b.program"].browse(self.program_id)
            program.rule_ids = [Command.create(rule)]
        order_id = self._create_order(partner_id, amounts, product_id=product.id)
        with self._environment() as env:
            order = env["sale.order"].browse(order_id)
            order.action_confirm()
            first = order._create_invoices()
            first.invoice_line_ids[1].unlink()
            return [first.id, order._create_invoices().id]

    def test_two_invoices_of_one_order_reach_a_step_together(self):
        wallet_id, partner_id = self._create_wallet()
        move_ids = self._create_split_order(partner_id, [60.0, 60.0])
        self.assertDone(self.decide(*(partial(post, move_id) for move_id in move_ids)))
        with self._environment() as env:
            env["loyalty.b2b.wallet"]._cron_settle()
        self.assertSound(wallet_id, balance=120 + 50, available=120 + 50)

    def test_many_invoices_posted_at_once(self):
        wallet_id, partner_id = self._create_wallet()
        move_ids = self._create_invoices(partner_id, [10.0] * 8)
        self.assertDone(self.decide(*(partial(post, move_id) for move_id in move_ids)))
        self.assertSound(wallet_id, balance=80, available=80)

    def test_invoices_posted_while_their_wallet_is_merged_stay_with_the_survivor(self):
        target_id, _partner = self._create_wallet(10)
        source_id, partner_id = self._create_wallet(10)
        move_ids = self._create_invoices(partner_id, [10.0] * 4)
        posts = [partial(post, move_id) for move_id in move_ids]
        self.assertDone(self.decide(*posts, partial(merge, target_id, source_id)))
        with self._environment() as env:
            env["loyalty.b2b.wallet"]._cron_settle()
        self.assertSound(target_id, balance=60, available=60)
        self.assertSound(source_id, balance=0, available=0)

    def test_what_was_booked_while_a_merge_went_on_follows_to_the_survivor(self):
        target_id, _partner = self._create_wallet(10)
        source_id, partner_id = self._create_wallet(10)
        (move_id,) = self._create_invoices(partner_id, [10.0])
        with self._environment() as env:
            env["loyalty.b2b.wallet"].search([])  # sees nothing of the merge
            self._request(partial(merge, target_id, source_id))
            post(move_id, env)
        with self._environment() as env:
            self.assertEqual(env["loyalty.b2b.wallet"].browse(source_id).balance, 10)
            env["loyalty.b2b.wallet"]._cron_settle()
        self.assertSound(target_id, balance=30, available=30)
        self.assertSound(source_id, balance=0)

    # === USING === #

    def test_two_orders_confirmed_at_once_use_their_points(self):
        wallet_id, partner_id = self._create_wallet(2000)
        orders = [self._create_order(partner_id, [100.0], 1000) for _n in range(2)]
        self.assertDone(self.decide(*(partial(confirm, [order]) for order in orders)))
        self.assertSound(wallet_id, balance=0, available=0, held=0)

    def test_two_orders_confirmed_in_one_call_use_their_points(self):
        wallet_id, partner_id = self._create_wallet(2000)
        orders = [self._create_order(partner_id, [100.0], 1000) for _n in range(2)]
        self.assertDone(self.decide(partial(confirm, orders)))
        self.assertSound(wallet_id, balance=0, available=0, held=0)

    def test_two_quotations_want_the_same_points(self):
        wallet_id, partner_id = self._create_wallet(1000)
        orders = [self._create_order(partner_id, [100.0]) for _n in range(2)]

        def use(order_id, env):
            env["sale.order"].browse(order_id)._use_loyalty_b2b_points(1000)

        results = self.decide(*(partial(use, order) for order in orders))
        self.assertEqual(self.count_done(results), 1)
        self.assertSound(wallet_id, balance=1000, available=0, held=1000)

    def test_the_job_posts_all_its_invoices_during_a_hundred_uses(self):
        wallet_id, partner_id = self._create_wallet(1000)
        move_ids = self._create_invoices(partner_id, [1.0] * 40, auto_post="at_date")

        runs = []

        def autopost(env):
            # a job is not run again when it loses
            runs.append(env["account.move"]._autopost_draft_entries())

        def use_often(worker, env):
            for number in range(25):
                self._request(partial(spend, wallet_id, 1, f"use:{worker}:{number}"))

        users = [partial(use_often, worker) for worker in range(4)]
        self.assertDone(self.run_together(autopost, *users)[:1])
        self.assertEqual(len(runs), 1)
        with self._environment() as env:
            moves = env["account.move"].browse(move_ids)
            self.assertEqual(set(moves.mapped("state")), {"posted"})
            messages = "".join(moves.message_ids.mapped("body"))
            self.assertNotIn("could not be posted", messages)
            used = env["loyalty.b2b.entry"].search_count(
                [("wallet_id", "=", wallet_id), ("kind", "=", "redeem")]
            )
        left = 1000 + 40 - used
        self.assertSound(wallet_id, balance=left, available=left)

    # === CAPS === #

    def test_a_cap_is_exact_when_invoices_are_posted_at_once(self):
        """Eight invoices want 100 points each; 350 fit, however they meet."""
        with self._environment() as env:
            program = env["loyalty.b2b.program"].browse(self.program_id)
            product = env["product.product"].create(
                {"name": "Capped", "invoice_policy": "order"}
            )
            rule = {
                "name": "Capped",
                "points": 9,
                "product_ids": product.ids,
                "cap_points": 350,
                "cap_period": "month",
            }
            program.rule_ids = [Command.create(rule)]
        wallet_id, partner_id = self._create_wallet()
        with self._environment() as env:
            vals_list = [self._prepare_invoice(partner_id, 10.0) for _n in range(8)]
            for vals in vals_list:
                vals["invoice_line_ids"][0][2]["product_id"] = product.id
            move_ids = env["account.move"].create(vals_list).ids
        self.assertDone(self.decide(*(partial(post, move_id) for move_id in move_ids)))
        # 10 each by the rule for everything, and what fits under the cap
        self.assertSound(wallet_id, balance=8 * 10 + 350)
        credits = [self._create_credit(move_id, 10.0) for move_id in move_ids]
        self.assertDone(self.decide(*(partial(post, credit) for credit in credits)))
        self.assertSound(wallet_id, balance=0, available=0)
        with self._environment() as env:
            counter = env["loyalty.b2b.counter"].search([("wallet_id", "=", wallet_id)])
            self.assertEqual(counter.mapped("points"), [0])
