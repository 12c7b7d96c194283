from odoo import api, fields, models

from ..fields import Points

# A token that no RPC call can carry: discount lines come and go with it only.
USE = object()


def is_wallet_at_work(env):
    """Tell whether one of the wallet's own verbs changes discount lines."""
    return env.context.get("loyalty_b2b_use") is USE


class LoyaltyB2bRedemption(models.Model):
    """A wish to use points, from the question to its fulfilment."""

    _name = "loyalty.b2b.redemption"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "loyalty.b2b.guarded.mixin",
    ]
    _description = "B2B Loyalty Use of Points"
    _order = "id desc"
    _check_company_auto = True

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        related="wallet_id.program_id", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="wallet_id.company_id", store=True, precompute=True
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("approve", "To approve"),
            ("reserved", "Reserved"),
            ("done", "Done"),
            ("fulfilled", "Fulfilled"),
            ("cancelled", "Cancelled"),
            ("lapsed", "Lapsed"),
        ],
        required=True,
        default="draft",
        readonly=True,
        tracking=True,
        copy=False,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        help="The company that will be invoiced.",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Asked by",
        readonly=True,
        help="The person at the customer who asked for it.",
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Entered by", readonly=True
    )
    order_id = fields.Many2one(
        comodel_name="sale.order",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
    )
    order_name = fields.Char(string="Order number", readonly=True)
    points = Points(required=True, readonly=True, help="Whole points, above 0.")
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        readonly=True,
        help="Currency of the order.",
    )
    amount = fields.Monetary(
        string="Discount",
        readonly=True,
        help="What the points take off the order, net or with tax as the rate says.",
    )
    amount_untaxed = fields.Monetary(
        string="Discount, untaxed",
        readonly=True,
        help="Sum of the discount lines; credit notes return points in proportion.",
    )
    rate_points = Points(readonly=True)
    rate_amount = fields.Float(readonly=True, digits=(16, 6))
    rate_tax = fields.Selection(
        selection=[("net", "Net of tax"), ("gross", "Tax included")], readonly=True
    )
    date_hold_end = fields.Datetime(
        string="Held until",
        readonly=True,
        help="Until then the quotation holds the points.",
    )
    fingerprint = fields.Json(
        readonly=True,
        help="What the discount was computed from: invoice address, company, currency,"
        " fiscal position and lines.",
    )
    entry_ids = fields.One2many(
        comodel_name="loyalty.b2b.entry",
        inverse_name="redemption_id",
        string="Bookings",
        readonly=True,
    )
    line_ids = fields.One2many(
        comodel_name="sale.order.line",
        inverse_name="loyalty_b2b_redemption_id",
        string="Discount lines",
        readonly=True,
    )

    _positive = models.Constraint("CHECK (points > 0)")
    _hold_end_idx = models.Index("(date_hold_end) WHERE state = 'reserved'")

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
