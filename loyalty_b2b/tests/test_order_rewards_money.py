from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged

from .order_reward_common import OrderRewardCommon


@tagged("post_install", "-at_install")
class TestOrderRewardsMoney(OrderRewardCommon):
    """What documents make of rewards that take money off, and who may add them."""

    # === INVOICES AND CREDIT NOTES === #

    def test_points_follow_the_credited_share(self):
        for tax in ("net", "gross"):
            for kind in ("discount", "percent"):
                with self.subTest(tax=tax, kind=kind):
                    self.program.rate_tax = tax
                    order = self._mixed()
                    use = self._add(order, self._create_reward(kind))
                    order.action_confirm()
                    self.assertEqual(use.state, "done")
                    invoice = self._invoice(order)
                    self.assertPoints(use, 1000)
                    self.assertEqual(use.state, "fulfilled")
                    half = self._credit_part(invoice, 0.5)
                    self.assertPoints(use, 500)
                    self._credit_rest(invoice, half)
                    self.assertPoints(use, 0)
                    self.assertEqual(use.state, "cancelled")

    def _credit_rest(self, invoice, earlier):
        credit = self._credit(invoice, post=False)
        lines = zip(credit.invoice_line_ids, earlier.invoice_line_ids, strict=True)
        for line, gone in lines:
            line.price_unit = line.price_subtotal - gone.price_subtotal
        credit.action_post()

    def test_crediting_goods_alone_returns_nothing(self):
        order = self._mixed()
        use = self._add(order, self._create_reward())
        order.action_confirm()
        self._credit(self._invoice(order), [(self.product, 1, 100.0)])
        self.assertPoints(use, 1000)

    def test_rewards_of_one_order_follow_their_own_lines(self):
        order = self._mixed()
        money = self._add(order, self._create_reward(points=700))
        percent = self._add(order, self._create_reward("percent", points=300))
        self._use_points(order, 1000)
        plain = order._get_loyalty_b2b_redemption()
        order.action_confirm()
        invoice = self._invoice(order)
        credit = self._credit(invoice, post=False)
        lines = credit.invoice_line_ids
        keep = lines.filtered(
            lambda line: line.loyalty_b2b_redemption_id in (money, plain.browse())
        )
        (lines - keep).unlink()
        credit.action_post()
        self.assertPoints(money, 0)
        self.assertPoints(percent, 300)
        self.assertPoints(plain, 1000)

    def test_discount_waits_for_the_invoice_that_bears_it(self):
        self.product.invoice_policy = self.book.invoice_policy = "delivery"
        order = self._mixed()
        use = self._add(order, self._create_reward(discount_amount=60.0))
        goods = self._add(order, self._create_reward("product"))
        order.action_confirm()
        goods_line, book_line = goods.line_ids, order.order_line[1]
        self._deliver(book_line, 1)
        first = self._invoice(order)
        # the free lamp goes along, the discount is more than the book
        self.assertEqual(first.invoice_line_ids.sale_line_ids, book_line | goods_line)
        self.assertEqual(goods.state, "fulfilled")
        self.assertEqual(use.state, "done")
        self._deliver(order.order_line[0], 1)
        second = self._invoice(order)
        self.assertEqual(
            self._our_lines(second).loyalty_b2b_redemption_id, use, second.name
        )
        self.assertPoints(use, 1000)
        self.assertEqual(self._points_of(first | second), 90)

    def test_cancelled_order_gives_back_what_is_not_invoiced(self):
        order = self._mixed()
        use = self._add(order, self._create_reward())
        order.action_confirm()
        order._action_cancel()
        self.assertEqual(use.state, "cancelled")
        self.assertWallet(available=100000)

    def test_reset_invoice_and_posting_again(self):
        order = self._mixed()
        use = self._add(order, self._create_reward())
        order.action_confirm()
        invoice = self._invoice(order)
        invoice.button_draft()
        self.assertPoints(use, 1000)
        self.assertEqual(use.state, "done")
        invoice.action_post()
        self.assertEqual(use.state, "fulfilled")

    def test_ledger_says_which_reward_and_who_asked(self):
        buyer = self._create_customer("Jan Lis", is_company=False)
        buyer.parent_id = self.customer
        use = self._add(self._mixed(), self._create_reward(), contact=buyer)
        entry = use.entry_ids
        self.assertEqual(entry.contact_id, buyer)
        self.assertEqual(entry.amount, 30.0)
        self.assertIn("Reward discount", entry.note)

    def test_limited_reward_is_counted_and_freed(self):
        reward = self._create_reward(is_limited=True, stock=1)
        order = self._mixed()
        use = self._add(order, reward)
        self.assertEqual(reward.left, 0)
        order._remove_loyalty_b2b_reward(use)
        self.assertEqual(reward.left, 1)

    def test_stock_follows_an_invoice_that_is_posted_after_its_order_ended(self):
        reward = self._create_reward(is_limited=True, stock=1)
        order = self._mixed()
        use = self._add(order, reward)
        order.action_confirm()
        invoice = order._create_invoices()
        order.sudo()._action_cancel()
        self.assertEqual((use.state, reward.taken), ("cancelled", 0))
        invoice.button_draft()
        invoice.action_post()
        self.assertEqual(use.state, "fulfilled")
        self._recount()
        self.assertEqual((use.counted, reward.taken), (1, 1))
        invoice.button_draft()
        invoice.button_cancel()
        self.assertEqual(use.state, "cancelled")
        self._recount()
        self.assertEqual((use.counted, reward.taken), (0, 0))
        self.assertEqual(self.wallet._verify_all(), [])

    def _recount(self):
        self.env.flush_all()
        wallets = self.env["loyalty.b2b.wallet"]
        self.assertEqual(wallets._query_miscounted(0, 10), self.wallet.ids)
        self.wallet._recount_rewards()
        self.env.flush_all()
        self.assertFalse(wallets._query_miscounted(0, 10))
        self.env.invalidate_all()

    def test_hold_lapses_and_takes_the_reward_off(self):
        order = self._mixed()
        use = self._add(order, self._create_reward(is_limited=True, stock=1))
        use.with_env(self.env).sudo()._lapse()
        self.assertEqual(use.state, "lapsed")
        self.assertFalse(self._our_lines(order))
        self.assertEqual(use.reward_id.left, 1)
        self.assertWallet(available=100000)

    # === THE DIALOG === #

    def _open_dialog(self, order, user=None):
        order = order.with_user(user or self.salesperson)
        action = order.action_open_loyalty_b2b_rewards()
        return (
            self.env[action["res_model"]]
            .with_user(order.env.user)
            .browse(action["res_id"])
        )

    def test_dialog_offers_adds_and_removes(self):
        reward = self._create_reward()
        dear = self._create_reward("percent", points=10**9)
        order = self._mixed()
        dialog = self._open_dialog(order)
        rows = {line.name: line for line in dialog.line_ids}
        self.assertFalse(rows[reward.name].refusal)
        self.assertIn("30.00", rows[reward.name].gives)
        self.assertIn("short", rows[dear.name].refusal)
        rows[reward.name].action_add()
        use = order._get_loyalty_b2b_rewards()
        self.assertEqual(use.reward_id, reward)
        self.assertIn(reward.name, order.loyalty_b2b_reward_text)
        self._open_dialog(order).taken_ids.action_remove()
        self.assertFalse(order._get_loyalty_b2b_rewards())

    def test_button_shows_where_the_programme_has_rewards_for_orders(self):
        order = self._mixed()
        self.assertFalse(order.loyalty_b2b_has_rewards)
        self._create_reward()
        order.invalidate_recordset()
        self.assertTrue(order.loyalty_b2b_has_rewards)

    def test_who_may_not_change_the_order_adds_nothing(self):
        self._create_reward()
        order = self._mixed()
        line = self._open_dialog(order).line_ids
        other = new_test_user(
            self.env,
            "other_sales",
            groups="sales_team.group_sale_salesman",
            company_id=self.company.id,
        )
        with self.assertRaises(AccessError):
            order.with_user(other).action_open_loyalty_b2b_rewards()
        with self.assertRaises(AccessError):
            line.with_user(other).action_add()

    def test_dialog_adds_only_what_it_offers(self):
        self._create_reward()
        foreign = self._create_program(name="Other", start=False).id
        foreign = self._create_reward(program_id=foreign)
        line = self._open_dialog(self._mixed()).line_ids
        line.reward_id = foreign
        with self.assertRaises(AccessError):
            line.action_add()

    # === CUSTOMERS === #

    def _create_user(self, name):
        user = new_test_user(
            self.env,
            name,
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        user.partner_id.parent_id = self.customer
        return user

    def _redeem(self, user, order, reward):
        return (
            reward.with_user(user)
            .sudo()
            ._redeem(self.wallet, user.partner_id, order=order.sudo())
        )

    def test_customers_person_has_it_himself(self):
        user = self._create_user("order_reward_buyer")
        self.wallet._grant(user.partner_id, "uses", reason="Test")
        order = self._mixed()
        for kind in ("discount", "percent", "product"):
            with self.subTest(kind):
                use = self._redeem(user, order, self._create_reward(kind))
                self.assertEqual((use.state, use.user_id), ("reserved", user))
                self.assertEqual(use.entry_ids.contact_id, user.partner_id)
        rows = (
            order.with_user(user).sudo()._get_loyalty_b2b_rewards_offer(user.partner_id)
        )
        self.assertEqual(len(rows), 3)
        self.assertTrue(rows[0]["can_add"])

    def test_who_may_not_asks_and_the_answer_puts_it_on_the_order(self):
        boss = self._create_user("order_reward_boss")
        user = self._create_user("order_reward_asker")
        self.wallet._grant(boss.partner_id, "administers", reason="Test")
        order = self._mixed()
        use = self._redeem(user, order, self._create_reward(is_limited=True, stock=1))
        self.assertEqual(use.state, "approve")
        self.assertFalse(self._our_lines(order))
        use.approval_ids._answer("accepted", by=boss.partner_id)
        self.assertEqual(use.state, "reserved")
        self.assertDiscount(order, 30.0, 5.4)
        self.assertEqual(use.counted, 1)

    def test_answer_for_an_order_that_shrank_leaves_the_question_open(self):
        boss = self._create_user("order_reward_boss")
        user = self._create_user("order_reward_asker")
        self.wallet._grant(boss.partner_id, "administers", reason="Test")
        order = self._mixed()
        use = self._redeem(user, order, self._create_reward())
        order.order_line.price_unit = 5.0
        with self.assertRaisesRegex(UserError, "30.00.* off"):
            use.approval_ids._answer("accepted", by=boss.partner_id)
        self.assertWallet(available=100000)

    def test_order_of_another_customer_is_refused(self):
        other = self._create_customer("Other", "5252248481")
        order = self._mixed(partner=other)
        with self.assertRaisesRegex(UserError, "another customer"):
            self._create_reward()._redeem(self.wallet, None, order=order)
