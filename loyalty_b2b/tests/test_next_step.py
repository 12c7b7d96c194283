from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .tier_common import LoyaltyB2bTierCommon


@tagged("post_install", "-at_install")
class TestNextStep(LoyaltyB2bTierCommon):
    """One next step at a time, what matters most first."""

    def _step(self, wallet=None, user=None):
        self.env.invalidate_all()
        wallet = (wallet or self.wallet).with_user(user or self.salesperson)
        return wallet.next_step_code

    def test_the_most_urgent_step_comes_first(self):
        with self.on("2026-05-01"):
            self._create_invoice_of([9000.0], invoice_date="2026-01-20")
            self.assertEqual(self._step(), "level")
            self._give_points(100, date_expiry="2026-05-10")
            self.assertEqual(self._step(), "expiring")
            self.assertIn("100 points expire on 05/10/2026", self.wallet.next_step)
            self.wallet.state = "invited"
            self.assertEqual(self._step(), "invited")
            self.wallet._adjust(-9200, "adjust:1", "Correction")
            self.assertEqual(self._step(), "owed")
            self.assertIn("100 points are owed", self.wallet.next_step)
            self._create_wish()
            self.assertEqual(self._step(), "approve")
            self.wallet.state = "left"
            self.assertFalse(self._step())

    def test_points_that_end_later_are_no_reason_to_hurry(self):
        with self.on("2026-05-01"):
            self._create_invoice_of([10.0], invoice_date="2026-04-20")
            self._give_points(100, date_expiry="2026-05-12")
            self.assertEqual(self._step(), "use")

    def test_who_has_not_bought_for_long_is_silent(self):
        with self.on("2026-05-01"):
            self._create_invoice_of([10.0], invoice_date="2026-01-31")
            self.assertEqual(self._step(), "silent")
            self.assertIn("No invoice since 01/31/2026", self.wallet.next_step)
        with self.on("2026-04-30"):
            self.assertEqual(self._step(), "use")

    def test_a_newcomer_is_not_called_silent(self):
        with self.on("2026-05-01"):
            new = self._enrol(self._create_customer("New"), date_start="2026-04-01")
            self.assertFalse(self._step(new))
            self.assertEqual(self._step(), "silent")
            self.assertEqual(self.wallet.next_step, "No invoice yet")

    def test_each_button_opens_its_screen(self):
        self._give_points(100)
        self.wallet.state = "invited"
        action = self.wallet.with_user(self.officer).action_next_step()
        self.assertEqual(action["res_model"], "loyalty.b2b.join")
        own = self.wallet.with_user(self.salesperson)
        self.env.invalidate_all()
        self.assertFalse(own.next_step_button)
        self.assertEqual(own.action_next_step()["res_model"], "loyalty.b2b.wallet")
        self.wallet.state = "active"
        self.env.invalidate_all()
        action = own.action_next_step()
        self.assertEqual(action["res_model"], "sale.order")
        self.assertEqual(action["context"]["default_partner_id"], self.customer.id)
        self.wallet._adjust(-200, "adjust:1", "Correction")
        self.env.invalidate_all()
        self.assertEqual(own.action_next_step()["res_model"], "loyalty.b2b.entry")

    def test_auditor_is_told_and_offered_nothing(self):
        auditor = new_test_user(
            self.env,
            "step_auditor",
            groups="loyalty_b2b.group_loyalty_b2b_auditor",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self._give_points(100)
        wallet = self.wallet.with_user(auditor)
        self.assertTrue(wallet.next_step)
        self.assertFalse(wallet.next_step_button)

    # === ORDER === #

    def _order(self, price=620.0, **values):
        order = self._create_order([(self.product, 2, price)], **values)
        return order.with_user(self.salesperson)

    def test_quotation_says_how_many_points_it_can_use(self):
        self._give_points(1500)
        order = self._order()
        amount = self.currency.format(15.0)
        expected = f"Can use 1,500 points ({amount})"
        self.assertEqual(order.loyalty_b2b_next_step, expected)
        action = order.action_loyalty_b2b_next_step()
        self.assertEqual(action["res_model"], "loyalty.b2b.use.points")
        small = self._order(price=2.5)
        self.assertIn("Can use 500 points", small.loyalty_b2b_next_step)

    def test_points_that_expire_are_named_beside_the_others(self):
        with self.on("2026-05-01"):
            self._give_points(1000)
            self._give_points(100, date_expiry="2026-05-08")
            step = self._order().loyalty_b2b_next_step
            self.assertIn("Can use 1,100 points", step)
            self.assertIn("100 points expire on", step)

    def test_order_that_uses_points_or_is_closed_says_nothing(self):
        self._give_points(1500)
        order = self._order()
        order._use_loyalty_b2b_points(1000)
        self.env.invalidate_all()
        self.assertFalse(order.loyalty_b2b_next_step)
        other = self._order()
        other.sudo().action_confirm()
        self.assertFalse(other.loyalty_b2b_next_step)

    def test_order_waits_for_an_answer(self):
        self._give_points(1500)
        order = self._order()
        self._create_wish(order_id=order.id, points=1000)
        self.assertEqual(order.loyalty_b2b_next_step, "1,000 points wait for an answer")
        action = order.action_loyalty_b2b_next_step()
        self.assertEqual(action["res_model"], "loyalty.b2b.approval")

    def test_customer_of_a_colleague_gives_no_step(self):
        self._give_points(1500)
        order = self._order()
        self.customer.user_id = self.sales_all
        self.env.invalidate_all()
        self.assertFalse(order.loyalty_b2b_next_step)
        partner = self.customer.with_user(self.salesperson)
        self.assertFalse(partner.loyalty_b2b_next_step)

    def test_block_with_the_step_costs_at_most_ten_queries(self):
        self._give_points(1500, date_expiry="2099-01-01")
        order = self._create_order([(self.product, 2, 620.0), (self.product, 1, 5.0)])
        order = order.with_user(self.salesperson)
        self.assertTrue(order.loyalty_b2b_next_step)
        names = ["loyalty_b2b_text", "loyalty_b2b_next_step", "loyalty_b2b_can_invite"]
        for _turn in ("warm up", "measure"):
            self.env.flush_all()
            self.env.invalidate_all()
            # what the form reads anyway
            order.order_line.mapped("price_subtotal")
            order.read(["partner_invoice_id", "state"])
            order.read(["tax_totals"])
            (order.currency_id | order.company_id.currency_id).mapped("name")
            order.read(["loyalty_b2b_can_use", "loyalty_b2b_points"])
            count = self.cr.sql_log_count
            order.read(names)
        self.assertLessEqual(self.cr.sql_log_count - count, 10)

    # === CUSTOMER === #

    def test_customer_and_its_people_show_the_step(self):
        self._give_points(100)
        person = self.env["res.partner"].create(
            {"name": "Piotr", "parent_id": self.customer.id}
        )
        for partner in (self.customer, person):
            partner = partner.with_user(self.salesperson)
            self.assertEqual(partner.loyalty_b2b_next_step, self.wallet.next_step)
            action = partner.action_loyalty_b2b_next_step()
            self.assertEqual(action["res_model"], "sale.order")

    def test_portal_users_cannot_ask(self):
        portal = new_test_user(
            self.env,
            "step_portal",
            groups="base.group_portal",
            company_id=self.company.id,
        )
        portal.partner_id.parent_id = self.customer
        order = self._order()
        for record in (self.wallet, self.customer):
            with self.assertRaises(AccessError):
                getattr(
                    record.with_user(portal),
                    "action_next_step"
                    if record == self.wallet
                    else "action_loyalty_b2b_next_step",
                )()
        with self.assertRaises(AccessError):
            order.with_user(portal).action_loyalty_b2b_next_step()

    # === HELPERS === #

    def _create_wish(self, points=100, **values):
        return (
            self.env["loyalty.b2b.redemption"]
            .sudo()
            .create(
                {
                    "wallet_id": self.wallet.id,
                    "partner_id": self.customer.id,
                    "points": points,
                    "currency_id": self.currency.id,
                    "state": "approve",
                    **values,
                }
            )
        )
