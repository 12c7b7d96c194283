from odoo import fields, models


class SaleOrderLine(models.Model):
    _inherit = "sale.order.line"

    loyalty_b2b_redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Use of points",
        index="btree_not_null",
        ondelete="set null",
        copy=False,
    )
