from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestChannelInvoice(LoyaltyB2bCommon):
    """Orders carry their channel to their invoices and credit notes."""

    def _sell(self, channel, amount=100.0):
        order = self._create_order([(self.product, 1, amount)])
        order.loyalty_b2b_channel = channel
        order.action_confirm()
        return order

    def _analyse(self, moves):
        """Return the net turnover of invoices by channel, as their analysis has it."""
        self.env.flush_all()
        groups = self.env["account.invoice.report"]._read_group(
            [("move_id", "in", moves.ids), ("product_id", "!=", False)],
            ["loyalty_b2b_channel"],
            ["price_subtotal:sum"],
        )
        return dict(groups)

    def test_an_invoice_has_the_channel_of_its_order(self):
        for channel in ("web", "portal", "external", "sales"):
            with self.subTest(channel=channel):
                move = self._sell(channel)._create_invoices()
                self.assertEqual(move.loyalty_b2b_channel, channel)
                self.assertEqual(self._analyse(move), {channel: 100.0})

    def test_an_invoice_for_a_salesperson_has_it_too(self):
        order = self._sell("web")
        move = order.with_user(self.salesperson)._create_invoices()
        self.assertEqual(move.sudo().loyalty_b2b_channel, "web")

    def test_a_down_payment_has_it(self):
        order = self._sell("web")
        wizard = self.env["sale.advance.payment.inv"].create(
            {
                "sale_order_ids": order.ids,
                "advance_payment_method": "percentage",
                "amount": 30,
            }
        )
        wizard.create_invoices()
        self.assertEqual(order.invoice_ids.loyalty_b2b_channel, "web")

    def test_a_collective_invoice_of_one_channel(self):
        move = (self._sell("web") + self._sell("web"))._create_invoices()
        self.assertEqual(len(move), 1)
        self.assertEqual(move.loyalty_b2b_channel, "web")

    def test_a_collective_invoice_of_several_channels(self):
        orders = self._sell("web", 100.0) + self._sell("sales", 40.0)
        move = orders._create_invoices()
        self.assertEqual(len(move), 1)
        self.assertEqual(move.loyalty_b2b_channel, "mixed")
        move.action_post()
        self.assertEqual(self._analyse(move), {"web": 100.0, "sales": 40.0})
        credit = self._credit(move)
        self.assertEqual(credit.loyalty_b2b_channel, "mixed")
        self.assertEqual(self._analyse(credit), {"web": -100.0, "sales": -40.0})

    def test_invoices_of_several_channels_made_at_once_keep_their_own(self):
        orders = self._sell("web") + self._sell("sales")
        moves = orders._create_invoices(grouped=True)
        self.assertEqual(
            {move.invoice_origin: move.loyalty_b2b_channel for move in moves},
            {order.name: order.loyalty_b2b_channel for order in orders},
        )

    def test_credit_notes_keep_it_and_copies_do_not(self):
        move = self._sell("web")._create_invoices()
        move.action_post()
        self.assertEqual(self._credit(move).loyalty_b2b_channel, "web")
        self.assertFalse(move.copy().loyalty_b2b_channel)

    def test_invoices_without_an_order_have_none(self):
        move = self._create_invoice_of([100.0])
        self.assertFalse(move.loyalty_b2b_channel)
        self.assertEqual(self._analyse(move), {False: 100.0})

    def test_a_new_confirmation_changes_no_invoice(self):
        order = self._sell("portal")
        move = order._create_invoices()
        move.action_post()
        order.loyalty_b2b_channel = "sales"
        self.assertEqual(move.loyalty_b2b_channel, "portal")
        self.assertEqual(self._analyse(move), {"portal": 100.0})
