from odoo import models


class SaleOrder(models.Model):
    """Portal users reach public methods by RPC: rights come before anything in sudo."""

    _inherit = "sale.order"

    # === ACTION METHODS === #

    def action_preview_sale_order(self):
        # what was read in sudo is in the cache, and core would hand out the order's
        # access token from there to anybody
        self.check_access("read")
        return super().action_preview_sale_order()

    def action_quotation_send(self):
        self.check_access("read")
        return super().action_quotation_send()
