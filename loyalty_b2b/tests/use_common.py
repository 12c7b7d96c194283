from odoo import Command

from .common import LoyaltyB2bCommon


class UseCommon(LoyaltyB2bCommon):
    """A programme of which 1 000 points are worth 10.00, and steps of using points."""

    @classmethod
    def _use_points(cls, order, points, user=None, contact=None):
        """Use points as a user does; return the redemption."""
        wizard = (
            cls.env["loyalty.b2b.use.points"]
            .with_user(user or cls.salesperson)
            .create(
                {
                    "order_id": order.id,
                    "points": points,
                    "contact_id": contact.id if contact else False,
                }
            )
        )
        wizard.action_apply()
        return order._get_loyalty_b2b_redemption()

    @classmethod
    def _set_gross(cls, points=1, amount=0.05):
        """Let points be worth money with tax."""
        cls.program.rate_tax = "gross"
        cls.program.rate_ids.write({"points": points, "amount": amount})

    @classmethod
    def _create_fiscal_position(cls, tax, replacement):
        position = cls.env["account.fiscal.position"].create({"name": "Export"})
        replacement.write(
            {
                "fiscal_position_ids": [Command.link(position.id)],
                "original_tax_ids": [Command.set(tax.ids)],
            }
        )
        return position

    @classmethod
    def _deliver(cls, line, quantity):
        line.qty_delivered = quantity

    @classmethod
    def _invoice(cls, order, final=False, post=True):
        invoice = order._create_invoices(final=final)
        invoice.invoice_date = order.date_order.date()
        if post:
            invoice.action_post()
        return invoice

    @classmethod
    def _reverse_and_recreate(cls, invoice):
        """Press *Reverse and create invoice*; return the new draft."""
        wizard = (
            cls.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"journal_id": invoice.journal_id.id})
        )
        return cls.env["account.move"].browse(wizard.modify_moves()["res_id"])

    @classmethod
    def _create_provider(cls):
        method = cls.env.ref("payment.payment_method_unknown")
        provider = (
            cls.env["payment.provider"]
            .sudo()
            .create(
                {
                    "name": "Test",
                    "code": "none",
                    "state": "test",
                    "company_id": cls.company.id,
                    "payment_method_ids": [Command.set(method.ids)],
                }
            )
        )
        cls._create_dummy_payment_method_for_provider(
            provider=provider, journal=cls.company_data["default_journal_bank"]
        )
        return provider

    @classmethod
    def _pay(cls, order, amount=None):
        """Let a web payment of the order succeed."""
        transaction = cls._create_payment(order, cls._create_provider(), amount)
        transaction._set_done()
        return transaction

    @classmethod
    def _create_payment(cls, order, provider, amount=None):
        """Return a web payment of the order that has only begun."""
        method = cls.env.ref("payment.payment_method_unknown")
        number = len(order.transaction_ids)
        return (
            cls.env["payment.transaction"]
            .sudo()
            .create(
                {
                    "provider_id": provider.id,
                    "payment_method_id": method.id,
                    "reference": f"test-{order.name}-{number}",
                    "amount": order.amount_total if amount is None else amount,
                    "currency_id": order.currency_id.id,
                    "partner_id": order.partner_id.id,
                    "sale_order_ids": [Command.set(order.ids)],
                    "operation": "online_direct",
                }
            )
        )

    def _our_lines(self, document):
        name = "order_line" if document._name == "sale.order" else "invoice_line_ids"
        return document[name].filtered("loyalty_b2b_redemption_id")

    def assertDiscount(self, order, untaxed, tax):
        """Check what the discount lines take off an order, above zero."""
        lines = self._our_lines(order)
        self.assertAlmostEqual(-sum(lines.mapped("price_subtotal")), untaxed, 2)
        self.assertAlmostEqual(-sum(lines.mapped("price_tax")), tax, 2)
