from odoo import models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

UNFIT = "mail.mail_activity_data_warning"


class SaleOrder(models.Model):
    """What a customer has paid with is what the cart gets, however late it is told."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _prepare_loyalty_b2b_paid(self):
        """Return what a payment has to remember of its cart; {} for other orders.

        Also of carts without points, and while another payment is awaited: points may
        be chosen in another tab before the bank answers.

        :return: dict of plain values: `total`, `goods`, `uses`, and whose order it is.
        """
        self.ensure_one()
        if not self._is_loyalty_b2b_cart():
            return {}
        uses = self._get_loyalty_b2b_uses().filtered(lambda use: use._is_before_use())
        return {
            "total": self.amount_total,
            "goods": self._get_loyalty_b2b_goods(),
            "uses": uses._prepare_remembered(),
            **self._prepare_loyalty_b2b_payer(),
        }

    def _prepare_loyalty_b2b_payer(self):
        """Return whose order it is: nobody else's points are put back."""
        return {
            "owner": self.partner_invoice_id._get_loyalty_b2b_owner().id,
            "company": self.company_id.id,
            "currency": self.currency_id.id,
        }

    def _put_back_loyalty_b2b_paid(self, remembered):
        """Put the discounts back that a payment was started with.

        Only where nothing but them has changed since: points were gone, so they were
        taken off, or somebody chose others in another tab; those are taken off then.
        Else the cart stays as it is, as with every payment of another amount.

        :param dict remembered: of `_prepare_loyalty_b2b_paid`.
        """
        self.ensure_one()
        order = self.sudo()
        if not remembered or order.state not in ("draft", "sent"):
            return
        if order._has_loyalty_b2b_total(remembered["total"]):
            return
        same_payer = order._prepare_loyalty_b2b_payer().items() <= remembered.items()
        if not same_payer or order._get_loyalty_b2b_goods() != remembered["goods"]:
            return
        try:
            with self.env.cr.savepoint():
                order._put_back_loyalty_b2b_uses(remembered)
        except UserError:
            return
        order._log_loyalty_b2b(
            body=self.env._(
                "The customer has paid %(total)s: the discounts for points are those of"
                " the cart when its payment started.",
                total=order._format_loyalty_b2b_total(remembered["total"]),
            )
        )

    def _put_back_loyalty_b2b_uses(self, remembered):
        """Put discounts back.

        :raises UserError: if a discount is another customer's by now, or the total is
            another one then.
        """
        rows = {row["id"]: row for row in remembered["uses"]}
        known = self.env["loyalty.b2b.redemption"].sudo().browse(rows).exists()
        known = known.filtered(lambda use: use.order_id == self and use._can_put_back())
        if not all(use._is_same_customer() for use in known):
            raise UserError(self.env._("The total of your cart has changed."))
        (self._get_loyalty_b2b_uses() - known)._cancel()
        for use in known:
            use._put_back(rows[use.id])
        if not self._has_loyalty_b2b_total(remembered["total"]):
            raise UserError(self.env._("The total of your cart has changed."))

    def _warn_loyalty_b2b_unfit(self, remembered, paid):
        """Tell the salesperson of a cart with points that was paid, but not in full.

        Once: it stays unconfirmed, and its points held, until somebody decides.

        :param dict remembered: of `_prepare_loyalty_b2b_paid`.
        :param float paid: what came in, in the order's currency.
        """
        self.ensure_one()
        order = self.sudo()
        uses = order._get_loyalty_b2b_uses()
        known = uses.browse([row["id"] for row in remembered["uses"]]).exists()
        if order.state not in ("draft", "sent") or not (uses | known):
            return
        if order.activity_search([UNFIT]):
            return
        user = order.user_id or (uses | known).wallet_id.user_id[:1]
        order.activity_schedule(
            UNFIT,
            user_id=user.id,
            note=plaintext2html(
                self.env._(
                    "%(order)s is not confirmed: the customer has paid %(paid)s, its"
                    " total is %(total)s.",
                    order=order.name,
                    paid=order._format_loyalty_b2b_total(paid),
                    total=order._format_loyalty_b2b_total(order.amount_total),
                )
            ),
        )

    def _has_loyalty_b2b_total(self, total):
        return not self.currency_id.compare_amounts(self.amount_total, total)

    def _get_loyalty_b2b_goods(self):
        """Return what the order sells, to see later whether it changed."""
        self.ensure_one()
        lines = self.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line.loyalty_b2b_redemption_id
                and not line._is_loyalty_b2b_payment()
            )
        )
        return sorted(
            [
                line.product_id.id,
                line.product_uom_id.id,
                line.product_uom_qty,
                line.price_unit,
                line.discount,
                sorted(line.tax_ids.ids),
            ]
            for line in lines
        )
