from odoo import models


class AccountPaymentTerm(models.Model):
    """Payment terms, whose name stands among what levels bring."""

    _inherit = "account.payment.term"

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "name" in vals:
            self.env.registry.clear_cache()
        return result
