from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .order_reward_common import OrderRewardCommon

PIXEL = (
    b"iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
    b"kgAAAABJRU5ErkJggg=="
)


@tagged("post_install", "-at_install")
class TestOrderRewardsAgreed(OrderRewardCommon):
    """What the customer has signed, pays or was promised does not change later."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._create_user("agreed_boss")
        cls.asker = cls._create_user("agreed_asker")
        cls.wallet._grant(cls.boss.partner_id, "administers", reason="Test")

    @classmethod
    def _create_user(cls, name):
        user = new_test_user(
            cls.env,
            name,
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = cls.customer
        return user

    def _redeem(self, user, order, reward):
        reward = reward.with_user(user).sudo()
        return reward._redeem(
            self.wallet, user.partner_id, order=order.with_user(user).sudo()
        )

    # === SIGNED OR BEING PAID === #

    def test_portal_changes_nothing_that_is_signed_or_being_paid(self):
        for settle, word in (
            (lambda order: order.write({"signature": PIXEL}), "signed"),
            (self._pay, "being paid"),
        ):
            with self.subTest(word):
                order, reward = self._mixed(state="sent"), self._create_reward()
                settle(order)
                total = order.amount_total
                with self.assertRaisesRegex(UserError, word):
                    self._redeem(self.boss, order, reward)
                self.assertEqual(order.amount_total, total)
                self.assertWallet(held=0)

    def test_our_people_change_what_is_signed_but_not_what_is_being_paid(self):
        order = self._mixed(state="sent", signature=PIXEL)
        self.assertEqual(self._add(order, self._create_reward()).state, "reserved")
        order = self._mixed(state="sent")
        self._pay(order)
        with self.assertRaisesRegex(UserError, "being paid"):
            self._add(order, self._create_reward())

    def test_answer_after_signing_leaves_the_question_open(self):
        order = self._mixed(state="sent")
        use = self._redeem(self.asker, order, self._create_reward())
        self.assertEqual(use.state, "approve")
        order.signature = PIXEL
        total = order.amount_total
        with self.assertRaisesRegex(UserError, "signed"), self.env.cr.savepoint():
            use.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertEqual((use.state, order.amount_total), ("approve", total))
        self.assertFalse(use.approval_ids.verdict)

    def test_payment_confirms_with_its_reward_after_signing(self):
        order = self._mixed(state="sent")
        use = self._add(order, self._create_reward())
        order.signature = PIXEL
        self._pay(order)._post_process()
        self.assertEqual((order.state, use.state), ("sale", "done"))

    # === DOUBLE CLICK === #

    def test_two_clicks_on_add_are_one_wish(self):
        reward, order = self._create_reward(), self._mixed()
        dialog = self.env["loyalty.b2b.add.reward"]._create_for(
            order.with_user(self.salesperson)
        )
        line = dialog.line_ids.filtered(lambda one: one.reward_id == reward)
        line.action_add()
        line.action_add()
        self.assertEqual(len(order._get_loyalty_b2b_rewards()), 1)
        self.assertWallet(held=1000)

    # === AS IT WAS WISHED === #

    def test_changed_reward_changes_no_use(self):
        rewards = {kind: self._create_reward(kind) for kind in ("discount", "percent")}
        goods = self._create_reward("product", price_amount=20.0)
        order = self._mixed()
        uses = [self._add(order, rewards[kind]) for kind in rewards]
        use = self._add(order, goods)
        rewards["discount"].discount_amount = 100.0
        rewards["percent"].write({"discount_percent": 90.0, "discount_max": 1.0})
        goods.write({"price_amount": 0.0, "product_id": self.book.id})
        order.order_line[0].product_uom_qty = 2
        order.action_confirm()
        self.assertEqual([one.amount for one in uses], [30.0, 25.0])
        self.assertEqual(use.line_ids.product_id, self.lamp)
        self.assertEqual(use.line_ids.price_unit, 20.0)

    def test_changed_reward_changes_no_wish(self):
        reward = self._create_reward("product", free_mode="symbolic")
        use = self._redeem(self.asker, self._mixed(), reward)
        reward.write(
            {
                "free_mode": "uncharged",
                "symbolic_price": 50.0,
                "product_id": self.book.id,
            }
        )
        use.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertEqual(use.goods_mode, "symbolic")
        self.assertEqual(use.line_ids.product_id, self.lamp)
        self.assertEqual(use.line_ids.price_unit, 0.01)

    def test_changed_reward_keeps_the_days_of_a_wish(self):
        reward = self._create_reward(
            "subscription", months=12, days_to_fulfil=3, must_confirm=True
        )
        with self.on("2024-05-01"):
            use = reward._redeem(self.wallet, self.boss.partner_id)
            reward.write({"months": 1, "days_to_fulfil": 30})
            use._confirm_alone()
        self.assertEqual(str(use.date_due), "2024-05-04")
        self.assertEqual(str(use.date_until), "2025-04-30")

    # === WISHES OF WHAT IS CLOSED === #

    def test_closed_quotations_and_programmes_leave_no_wish_open(self):
        for close in (
            lambda order: order.action_confirm(),
            lambda order: order._action_cancel(),
            lambda order: self._pay(order)._post_process(),
            lambda order: self.wallet._close_down(),
        ):
            order = self._mixed(state="sent")
            use = self._redeem(self.asker, order, self._create_reward())
            self.assertEqual(use.state, "approve")
            close(order)
            self.assertEqual(use.state, "cancelled")
            self.assertEqual(use.approval_ids.verdict, "withdrawn")

    # === HANDED OVER === #

    def test_reward_handed_over_by_hand_stays_on_its_order(self):
        order = self._mixed()
        use = self._add(order, self._create_reward("product", free_mode="uncharged"))
        order.action_confirm()
        use._fulfil("by hand")
        with self.assertRaisesRegex(UserError, "has left"):
            order._remove_loyalty_b2b_reward(use)
        self.assertPoints(use, 1000)
