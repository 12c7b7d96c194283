from odoo import api, fields, models

# Payments that a customer starts; refunds and captures of part of one are no such.
STARTED = ("online_redirect", "online_direct", "online_token")


class PaymentTransaction(models.Model):
    """A payment holds the points of its cart, and gives them back if it fails."""

    _inherit = "payment.transaction"

    loyalty_b2b_paid = fields.Json(
        string="Discounts for points",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Total, goods and discounts of the cart when the payment started.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Hold points by whatever way the payment comes: shop, portal, a link.

        :raises ValidationError: if the cart cannot be paid at this total any more.
        """
        transactions = super().create(vals_list)
        for transaction in transactions:
            if transaction._is_loyalty_b2b_start():
                transaction.sudo()._hold_loyalty_b2b_points()
        return transactions

    # === BUSINESS METHODS === #

    def _is_loyalty_b2b_start(self):
        return (
            self.state == "draft"
            and self.operation in STARTED
            and not self.source_transaction_id
        )

    def _hold_loyalty_b2b_points(self):
        for order in self.sale_order_ids:
            order._hold_loyalty_b2b_for_payment()
        if len(self.sale_order_ids) == 1:
            remembered = self.sale_order_ids._prepare_loyalty_b2b_paid()
            if remembered:
                self.loyalty_b2b_paid = remembered

    def _check_amount_and_confirm_order(self):
        for transaction in self.sudo():
            order = transaction.sale_order_ids
            if transaction.loyalty_b2b_paid and len(order) == 1:
                order._put_back_loyalty_b2b_paid(transaction.loyalty_b2b_paid)
        confirmed = super()._check_amount_and_confirm_order()
        for transaction in self.sudo():
            order, paid = transaction.sale_order_ids, transaction.loyalty_b2b_paid
            if paid and transaction.state == "done" and len(order) == 1:
                order._warn_loyalty_b2b_unfit(paid, transaction.amount)
        return confirmed

    def _set_canceled(self, state_message=None, extra_allowed_states=()):
        ended = super()._set_canceled(state_message, extra_allowed_states)
        ended.sudo().sale_order_ids._release_loyalty_b2b_payment()
        return ended

    def _set_error(self, state_message, extra_allowed_states=()):
        ended = super()._set_error(state_message, extra_allowed_states)
        ended.sudo().sale_order_ids._release_loyalty_b2b_payment()
        return ended
