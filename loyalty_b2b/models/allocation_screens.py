from odoo import fields, models


class LoyaltyB2bAllocation(models.Model):
    """What the back office shows of a match between a debit and a credit."""

    _inherit = "loyalty.b2b.allocation"

    credit_date = fields.Date(related="credit_id.date_event", string="Earned on")
    credit_expiry = fields.Date(related="credit_id.date_expiry", string="Usable until")
    debit_date = fields.Date(related="debit_id.date_event", string="Used on")

    # === ACTION METHODS === #

    def action_open_credit(self):
        """Open the entry the points were taken from."""
        return self.credit_id.action_open()

    def action_open_debit(self):
        """Open the entry the points went to."""
        return self.debit_id.action_open()
