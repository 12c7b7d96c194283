from odoo import api, fields, models
from odoo.tools import SQL, formatLang

from ..fields import Points

CREDIT_KINDS = ("earn", "bonus", "return", "opening")
DEBIT_KINDS = ("redeem", "reversal", "expire")


class LoyaltyB2bEntry(models.Model):
    """One row of the ledger: points that came in or went out, and why."""

    _name = "loyalty.b2b.entry"
    _inherit = "loyalty.b2b.ledger.mixin"
    _description = "B2B Loyalty Entry"
    _order = "id desc"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program", required=True, ondelete="restrict"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, index=True, ondelete="restrict"
    )
    kind = fields.Selection(
        selection=[
            ("earn", "Earned"),
            ("bonus", "Bonus"),
            ("redeem", "Used"),
            ("return", "Returned"),
            ("reversal", "Taken back"),
            ("expire", "Expired"),
            ("transfer", "Transferred"),
            ("adjust", "Corrected"),
            ("opening", "Opening balance"),
        ],
        required=True,
    )
    state = fields.Selection(
        selection=[
            ("pending", "Waiting"),
            ("posted", "Booked"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
    )
    points = Points(
        required=True,
        help="Whole points: above zero they came in, below zero they went out.",
    )
    points_open = Points(
        string="Still open",
        required=True,
        help="Points of this entry that nothing has been matched with yet.",
    )

    # dates, all in the programme's time zone
    date_event = fields.Date(
        string="Date",
        required=True,
        help="Day of the document: rules, rates and expiry count from it.",
    )
    date_available = fields.Date(help="First day on which the points can be used.")
    date_booked = fields.Date(
        string="Booked on",
        index=True,
        help="Day on which the entry came into the ledger; statements go by it.",
    )
    date_expiry = fields.Date(
        string="Usable until", help="Last day of use. Empty: no expiry."
    )
    booking = Points(
        help="Running number of the booking, over all wallets, in order of time."
    )

    # identity and kinship
    key = fields.Char(required=True, help="Name of the event, which books only once.")
    reversed_entry_id = fields.Many2one(
        comodel_name="loyalty.b2b.entry",
        string="Takes back",
        index="btree_not_null",
        ondelete="restrict",
        help="The earlier entry that this one takes back, wholly or in part.",
    )
    root_entry_id = fields.Many2one(
        comodel_name="loyalty.b2b.entry",
        string="Comes from",
        index="btree_not_null",
        ondelete="restrict",
        help="The first lot these points descend from; they keep its last day of use.",
    )
    group_ref = fields.Char(
        help="What is counted together: an order with all its invoices and credits."
    )
    round = fields.Integer(
        help="How many times the document was booked: it may be posted again."
    )
    life = fields.Char(
        help="What the points are counted with if a rule gives them a life of their"
        " own: m3 = they expire after 3 months."
    )
    awaits_payment = fields.Boolean(
        help="The points become available when the invoice is paid."
    )
    to_settle = fields.Boolean(help="Booked since the wallet was last settled.")

    # where it came from: links may go, the plain copies stay
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index="btree_not_null",
        ondelete="set null",
    )
    partner_name = fields.Char(string="Customer name")
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        index="btree_not_null",
        ondelete="set null",
    )
    contact_name = fields.Char(string="Person's name")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        index="btree_not_null",
        ondelete="set null",
    )
    move_ref = fields.Integer(help="Database id of the invoice, kept if it is deleted.")
    move_name = fields.Char(string="Invoice number")
    order_id = fields.Many2one(
        comodel_name="sale.order",
        index="btree_not_null",
        ondelete="set null",
    )
    order_name = fields.Char(string="Order number")
    redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Use of points",
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Booked by",
        index="btree_not_null",
        ondelete="set null",
    )
    user_name = fields.Char(string="Booked by (name)")
    currency_id = fields.Many2one(
        comodel_name="res.currency", required=True, ondelete="restrict"
    )
    amount = fields.Monetary(
        help="Money behind the points, in the programme's currency: the untaxed amount"
        " that earned them, or the discount they gave."
    )
    note = fields.Char(string="Reason")
    line_ids = fields.One2many(
        comodel_name="loyalty.b2b.entry.line", inverse_name="entry_id", string="Why"
    )
    credit_allocation_ids = fields.One2many(
        comodel_name="loyalty.b2b.allocation",
        inverse_name="debit_id",
        string="Taken from",
    )
    debit_allocation_ids = fields.One2many(
        comodel_name="loyalty.b2b.allocation",
        inverse_name="credit_id",
        string="Went to",
    )

    # I2, I5, I6: what one row can promise by itself
    _key_uniq = models.UniqueIndex("(key)")
    _open_bounds = models.Constraint(
        "CHECK (points_open >= 0 AND points_open <= abs(points))"
    )
    _cancelled_closed = models.Constraint(
        "CHECK (state != 'cancelled' OR points_open = 0)"
    )
    _posted_is_booked = models.Constraint(
        "CHECK ((state = 'posted') = (booking IS NOT NULL AND date_booked IS NOT NULL))"
    )
    _sign = models.Constraint(
        "CHECK (CASE"
        " WHEN kind IN ('earn', 'bonus', 'return', 'opening') THEN points >= 0"
        " WHEN kind IN ('redeem', 'reversal', 'expire') THEN points <= 0"
        " ELSE TRUE END)"
    )
    _open_idx = models.Index(
        "(wallet_id) INCLUDE (points, points_open, date_expiry)"
        " WHERE state = 'posted' AND points_open > 0"
    )
    _debt_idx = models.Index(
        "(wallet_id) WHERE state = 'posted' AND points_open > 0 AND points < 0"
    )
    _pending_idx = models.Index("(wallet_id) WHERE state = 'pending'")
    _to_settle_idx = models.Index("(wallet_id) WHERE to_settle")
    _group_idx = models.Index("(group_ref) WHERE group_ref IS NOT NULL")
    _move_ref_idx = models.Index("(move_ref) WHERE move_ref IS NOT NULL")
    _expiry_idx = models.Index(
        "(program_id, date_expiry)"
        " WHERE state = 'posted' AND points_open > 0 AND points > 0"
    )

    def init(self):
        # the order of booking: ids will not do, as pending entries are posted later
        self.env.cr.execute("CREATE SEQUENCE IF NOT EXISTS loyalty_b2b_booking")

    # === COMPUTE METHODS === #

    @api.depends("kind", "points", "move_name", "order_name")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for entry in self:
            document = entry.move_name or entry.order_name
            sign = "+" if entry.points > 0 else ""
            points = formatLang(self.env, entry.points, digits=0)
            label = f"{kinds[entry.kind]} {sign}{points}"
            entry.display_name = f"{label} ({document})" if document else label

    # === BUSINESS METHODS === #

    @api.model
    def _insert_entries(self, rows):
        """Insert entries; an event that is booked already is passed over (I6).

        :param list rows: complete dicts, see `loyalty.b2b.wallet._prepare_entry`.
        :return: dict of key → id of the new entries, in the order given.
        """
        return {
            key: entry_id
            for entry_id, key in self._insert_rows(
                rows,
                computed={
                    "booking": SQL(
                        "CASE WHEN r.state = 'posted'"
                        " THEN nextval('loyalty_b2b_booking') END"
                    ),
                    "user_name": SQL(
                        "(SELECT p.name FROM res_users u"
                        " JOIN res_partner p ON p.id = u.partner_id"
                        " WHERE u.id = r.user_id)"
                    ),
                },
                conflict=SQL("ON CONFLICT (key) DO NOTHING"),
                returning=("id", "key"),
            )
        }

    def _copy_origin(self):
        """Return the plain copies of the document behind an entry, for another one."""
        self.ensure_one()
        return {
            "date_event": self.date_event,
            "group_ref": self.group_ref or None,
            "partner_id": self.partner_id.id or None,
            "partner_name": self.partner_name or None,
            "contact_id": self.contact_id.id or None,
            "contact_name": self.contact_name or None,
            "move_id": self.move_id.id or None,
            "move_ref": self.move_ref or None,
            "move_name": self.move_name or None,
            "order_id": self.order_id.id or None,
            "order_name": self.order_name or None,
        }
