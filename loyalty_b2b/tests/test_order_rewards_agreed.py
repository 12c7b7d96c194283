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
