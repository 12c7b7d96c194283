from odoo import models

# A token that no RPC call can carry: who holds it has paid.
PAID = object()


class PaymentTransaction(models.Model):
    """Paid means confirmed: a payment never fails because of points."""

    _inherit = "payment.transaction"

    def _check_amount_and_confirm_order(self):
        paid = self.with_context(loyalty_b2b_paid=PAID)
        orders = super(PaymentTransaction, paid)._check_amount_and_confirm_order()
        return orders.with_env(self.env)
