from unittest.mock import patch

from odoo.exceptions import UserError, ValidationError
from odoo.tests import tagged

from .approval_common import ApprovalCommon
from .cart_common import CartCommon
from .order_reward_common import OrderRewardCommon


@tagged("post_install", "-at_install")
class TestCartRewards(CartCommon, OrderRewardCommon):
    """Rewards in carts are taken at once, and given back like points."""

    def _cart_with_reward(self, **values):
        cart, _use = self._create_cart()
        reward = self._create_reward(
            "product", is_limited=True, stock=1, points=1000, **values
        )
        return cart, reward, self._add(cart, reward).with_env(self.env)

    def _used_up(self, reward):
        """Let another order have the last one."""
        order = self._create_order([(self.product, 1, 100.0)])
        self._add(order, reward)

    def test_taken_at_once_and_given_back_when_payment_fails(self):
        cart, reward, use = self._cart_with_reward()
        total = cart.amount_total
        self.assertEqual((use.state, reward.left), ("reserved", 0))
        transaction = self._start(cart)
        self.assertEqual(len(use.entry_ids), 1)
        transaction._set_error("declined")
        cart._release_loyalty_b2b_payment()
        self.assertEqual((use.state, reward.left), ("draft", 1))
        self.assertEqual(cart.amount_total, total)
        self.assertFalse(self.wallet._verify())
        again = self._start(cart)
        self.assertEqual((use.state, reward.left), ("reserved", 0))
        again._set_done()
        again._post_process()
        self.assertEqual((use.state, cart.state), ("done", "sale"))
        self.assertFalse(self.wallet._verify())

    def test_the_last_one_is_gone(self):
        cart, reward, use = self._cart_with_reward()
        cart._hold_loyalty_b2b_for_payment()
        cart._release_loyalty_b2b_payment()
        self._used_up(reward)
        self.assertIn("cannot be used", cart._get_loyalty_b2b_cart_news()[0])
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            cart._hold_loyalty_b2b_for_payment()
        with self.assertRaises(UserError), self.env.cr.savepoint():
            cart.action_confirm()
        self.assertTrue(cart._update_loyalty_b2b_cart())
        self.assertEqual(use.state, "cancelled")
        self.assertFalse(self._our_lines(cart))
        self.assertFalse(self.wallet._verify())

    def test_paid_late_and_given_beyond_the_stock(self):
        with self.on("2024-05-01"):
            cart, reward, use = self._cart_with_reward()
            transaction = self._start(cart)
        with self.on("2024-07-01"):
            self.wallet._release_overdue()
            self.assertEqual((use.state, reward.left), ("draft", 1))
            self._used_up(reward)
            transaction._set_done()
            transaction._post_process()
        self.assertEqual((use.state, cart.state), ("done", "sale"))
        self.assertEqual(reward.taken, 2)
        self.assertFalse(self.wallet._verify())

    def test_percent_of_what_is_in_the_cart_now(self):
        cart, _use = self._create_cart()
        use = self._add(cart, self._create_reward("percent")).with_env(self.env)
        points = self._use_points(cart, 500)
        cart.order_line[0].product_uom_qty = 2
        self.assertEqual(len(cart._get_loyalty_b2b_cart_news()), 1)
        with self.assertRaises(ValidationError), self.env.cr.savepoint():
            cart._hold_loyalty_b2b_for_payment()
        cart._update_loyalty_b2b_cart()
        self.assertEqual((use.amount, points.amount), (20.0, 5.0))
        cart._hold_loyalty_b2b_for_payment()
        self.assertEqual((use + points).mapped("state"), ["reserved"] * 2)


@tagged("post_install", "-at_install")
class TestCartApprovals(CartCommon, ApprovalCommon):
    """What somebody agreed to is held at once; limits are looked at when it is paid."""

    def _cart(self):
        return self._create_cart()[0]

    def test_what_was_agreed_needs_nobody_again(self):
        self.wallet._grant(self.buyer.partner_id, "collects")
        cart = self._cart()
        wish = self._wish(2000, cart).sudo()
        self.assertEqual(wish.state, "approve")
        self._open_question(wish)._answer("accepted", by=self.boss.partner_id)
        self.assertEqual(wish.state, "reserved")
        transaction = self._start(cart)
        transaction._set_canceled()
        cart._release_loyalty_b2b_payment()
        self.assertEqual(wish.state, "draft")
        self.assertFalse(cart._get_loyalty_b2b_cart_news())
        self._start(cart)
        self.assertEqual(wish.state, "reserved")
        self.assertFalse(self.wallet._verify())

    def test_two_carts_do_not_pass_a_limit(self):
        person = self.wallet._grant(self.buyer.partner_id, "uses")
        person.sudo().limit_month = 1500
        first, second = self._cart(), self._cart()
        self._wish(1000, first)
        use = self._wish(1000, second)
        self.assertEqual(use.state, "draft")
        self._start(first)
        news = second._get_loyalty_b2b_cart_news()
        self.assertIn("without asking", news[0])
        with self.assertRaisesRegex(ValidationError, "without asking"):
            second._hold_loyalty_b2b_for_payment()

    def test_a_person_who_lost_the_right(self):
        self.wallet._grant(self.buyer.partner_id, "uses")
        cart = self._cart()
        self._wish(1000, cart)
        self.wallet._grant(self.buyer.partner_id, "collects")
        self.assertIn("may not use", cart._get_loyalty_b2b_cart_news()[0])
        with self.assertRaises(UserError):
            cart.with_user(self.salesperson).action_confirm()

    def test_what_is_held_is_not_paid_with_while_points_are_owed(self):
        self.wallet._grant(self.buyer.partner_id, "collects")
        cart = self._cart()
        wish = self._wish(2000, cart).sudo()
        self._open_question(wish)._answer("accepted", by=self.boss.partner_id)
        available = self.wallet.available
        self.wallet._force_redeem(int(available) + 500, "test:return")
        with self.assertRaisesRegex(ValidationError, "500 points were taken back"):
            cart._hold_loyalty_b2b_for_payment()

    def test_what_is_held_is_not_paid_with_while_invoices_are_overdue(self):
        self.wallet._grant(self.buyer.partner_id, "collects")
        cart = self._cart()
        wish = self._wish(2000, cart).sudo()
        self._open_question(wish)._answer("accepted", by=self.boss.partner_id)
        wallets = self.env.registry["loyalty.b2b.wallet"]
        with (
            patch.object(wallets, "_get_overdue_refusal", lambda wallet: "Overdue."),
            self.assertRaisesRegex(ValidationError, "Overdue"),
        ):
            cart._hold_loyalty_b2b_for_payment()

    def test_who_pays_needs_the_right_to_use_points(self):
        cart = self._cart()
        use = self._wish(2000, cart, user=self.boss)
        self.wallet._grant(self.buyer.partner_id, "collects")
        theirs = cart.with_user(self.buyer).sudo()
        with (
            self.assertRaisesRegex(ValidationError, "may not use"),
            self.env.cr.savepoint(),
        ):
            theirs._hold_loyalty_b2b_for_payment()
        person = self.wallet._grant(self.buyer.partner_id, "uses")
        person.sudo().limit_month = 1500
        with (
            self.assertRaisesRegex(ValidationError, "without asking"),
            self.env.cr.savepoint(),
        ):
            theirs._hold_loyalty_b2b_for_payment()
        person.sudo().limit_month = 2500
        theirs._hold_loyalty_b2b_for_payment()
        self.assertEqual(use.state, "reserved")
        # they count against his limit
        self.assertEqual(use.contact_id, self.buyer.partner_id)
        self.assertEqual(use.entry_ids.contact_id, self.buyer.partner_id)

    def test_who_has_only_the_link_of_a_cart_signs_in(self):
        cart = self._cart()
        self._wish(2000, cart, user=self.boss)
        theirs = cart.with_user(self.env.ref("base.public_user")).sudo()
        with self.assertRaisesRegex(ValidationError, "Sign in"):
            theirs._hold_loyalty_b2b_for_payment()

    def test_the_same_form_twice_is_one_choice(self):
        self.wallet._grant(self.buyer.partner_id, "uses")
        cart = self._cart()
        first = self._wish(1000, cart, request_key="a" * 32)
        self.assertEqual(self._wish(1000, cart, request_key="a" * 32), first)

    def test_choices_that_were_never_held_are_no_history(self):
        self.wallet._grant(self.buyer.partner_id, "uses")
        cart = self._cart()
        for points in (1000, 1200):
            self._wish(points, cart)
        rows = self.wallet._prepare_portal_uses(self.boss.partner_id)[0]
        self.assertFalse(rows)
        cart._hold_loyalty_b2b_for_payment()
        rows = self.wallet._prepare_portal_uses(self.boss.partner_id)[0]
        self.assertEqual(len(rows), 1)
