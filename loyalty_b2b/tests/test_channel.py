import json
from base64 import b64encode

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import Form, new_test_user, tagged

from .portal_common import LoyaltyB2bPortalCommon
from .use_common import UseCommon

# a picture of one pixel
SIGNATURE = b64encode(
    bytes.fromhex(
        "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49"
        "444154789c6360000002000001e221bc330000000049454e44ae426082"
    )
).decode()


@tagged("post_install", "-at_install")
class TestChannel(UseCommon, LoyaltyB2bPortalCommon):
    """How an order came in: frozen at confirmation, and why it earned."""

    def _order(self, **values):
        return self._create_order([(self.product, 1, 100.0)], **values)

    def _channel_of(self, order):
        """Confirm an order and return its channel."""
        order.action_confirm()
        return order.loyalty_b2b_channel

    def _sign(self, order):
        """Sign a quotation as the customer does on its page."""
        order.action_quotation_sent()
        self.authenticate(None, None)
        answer = self.url_open(
            f"/my/orders/{order.id}/accept",
            data=json.dumps(
                {
                    "params": {
                        "access_token": order._portal_ensure_token(),
                        "name": "Anna Nowak",
                        "signature": SIGNATURE,
                    }
                }
            ),
            headers={"Content-Type": "application/json"},
        )
        self.assertTrue(answer.json()["result"].get("force_refresh"), answer.text)
        order.invalidate_recordset()

    # === HOW IT CAME IN === #

    def test_orders_that_staff_confirm_are_of_a_salesperson(self):
        order = self._order().with_user(self.salesperson)
        self.assertEqual(self._channel_of(order), "sales")

    def test_a_quotation_signed_online_was_accepted_online(self):
        order = self._order(require_signature=True, require_payment=False)
        self._sign(order)
        self.assertEqual((order.state, order.loyalty_b2b_channel), ("sale", "portal"))

    def test_a_quotation_paid_online_was_accepted_online(self):
        order = self._order(require_payment=True, prepayment_percent=1.0)
        self._pay(order)._post_process()
        self.assertEqual((order.state, order.loyalty_b2b_channel), ("sale", "portal"))

    def test_orders_of_integration_users_come_from_an_external_platform(self):
        robot = new_test_user(
            self.env,
            "loyalty_robot",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        self.company.loyalty_b2b_integration_user_ids = robot
        order = self.env(user=robot)["sale.order"].create(
            {"partner_id": self.customer.id}
        )
        # whoever confirms it
        self.assertEqual(self._channel_of(order.with_user(self.sales_all)), "external")
        self.assertEqual(self._channel_of(self._order()), "sales")

    def test_orders_of_integration_teams_come_from_an_external_platform(self):
        team = self.env["crm.team"].create({"name": "Marketplace"})
        self.company.loyalty_b2b_integration_team_ids = team
        self.assertEqual(self._channel_of(self._order(team_id=team.id)), "external")
        self.company.loyalty_b2b_integration_team_ids = False
        self.assertEqual(self._channel_of(self._order(team_id=team.id)), "sales")

    def test_settings_hold_who_is_an_integration(self):
        team = self.env["crm.team"].create({"name": "Marketplace"})
        with Form(self.env["res.config.settings"]) as form:
            form.loyalty_b2b_integration_team_ids.add(team)
            form.loyalty_b2b_integration_user_ids.add(self.officer)
        form.record.execute()
        self.assertEqual(self.company.loyalty_b2b_integration_team_ids, team)
        self.assertEqual(self.company.loyalty_b2b_integration_user_ids, self.officer)

    # === FROZEN === #

    def test_confirmation_freezes_the_channel(self):
        order = self._order()
        self.assertFalse(order.loyalty_b2b_channel)
        self.assertEqual(self._channel_of(order), "sales")
        order.signed_by = "Anna Nowak"
        self.assertEqual(order._get_loyalty_b2b_channel(), "sales")

    def test_an_order_is_not_confirmed_twice(self):
        order = self._order()
        self._channel_of(order)
        order.signed_by = "Anna Nowak"
        with self.assertRaises(UserError):
            order.action_confirm()
        self.assertEqual(order.loyalty_b2b_channel, "sales")

    def test_a_new_confirmation_decides_anew(self):
        order = self._order(require_signature=True, require_payment=False)
        self._channel_of(order)
        order._action_cancel()
        self.assertEqual(order.loyalty_b2b_channel, "sales")
        order.action_draft()
        self._sign(order)
        self.assertEqual(order.loyalty_b2b_channel, "portal")

    def test_what_began_in_the_web_shop_stays_of_the_web_shop(self):
        order = self._order()
        order.loyalty_b2b_channel = "web"
        self.assertEqual(self._channel_of(order), "web")
        order._action_cancel()
        order.action_draft()
        self.assertEqual(self._channel_of(order), "web")

    # === WHAT IT EARNS === #

    def test_the_channel_is_frozen_with_the_explanation(self):
        rule = self.env["loyalty.b2b.rule"].create(
            {"name": "Online", "program_id": self.program.id, "channel_portal": True}
        )
        by_channel = {"portal": self._order(signed_by="Anna"), "sales": self._order()}
        for channel, order in by_channel.items():
            with self.subTest(channel=channel):
                order.action_confirm()
                order.order_line.qty_delivered = 1
                move = order._create_invoices()
                move.action_post()
                order.loyalty_b2b_channel = "web"
                lines = move.loyalty_b2b_entry_ids.line_ids
                self.assertEqual(set(lines.mapped("channel")), {channel})
                self.assertEqual(rule in lines.rule_id, channel == "portal")
