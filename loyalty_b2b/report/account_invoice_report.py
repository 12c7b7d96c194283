from odoo import api, fields, models
from odoo.tools import SQL

from ..models.account_move_channel import MIXED
from ..models.sale_order_channel import CHANNELS


class AccountInvoiceReport(models.Model):
    """Invoiced turnover by how the orders came in."""

    _inherit = "account.invoice.report"

    loyalty_b2b_channel = fields.Selection(
        selection=CHANNELS,
        string="Order channel",
        readonly=True,
        groups="base.group_user",
        help="Of a collective invoice that of each line's order.",
    )

    _depends = {"account.move": ["loyalty_b2b_channel"]}

    @api.model
    def _select(self):
        # PostgreSQL leaves it out where nobody asks for the channel
        return SQL(
            """%s,
            CASE WHEN move.loyalty_b2b_channel <> %s THEN move.loyalty_b2b_channel
                 WHEN move.loyalty_b2b_channel IS NOT NULL
                 THEN (SELECT placed.loyalty_b2b_channel
                         FROM sale_order_line_invoice_rel rel
                         JOIN sale_order_line sold ON sold.id = rel.order_line_id
                         JOIN sale_order placed ON placed.id = sold.order_id
                        WHERE rel.invoice_line_id = line.id
                        ORDER BY sold.id LIMIT 1)
            END AS loyalty_b2b_channel""",
            super()._select(),
            MIXED,
        )
