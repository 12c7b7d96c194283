from odoo import fields, models
from odoo.tools import SQL

from ..fields import Points

# Column of the statement → kinds of entries that it sums.
COLUMNS = {
    "brought_in": ("opening",),
    "earned": ("earn", "bonus"),
    "taken_back": ("reversal",),
    "used": ("redeem",),
    "given_back": ("return",),
    "expired": ("expire",),
    "adjusted": ("adjust",),
    "transferred": ("transfer",),
}


class LoyaltyB2bMovement(models.Model):
    """A booked entry, spread over the columns of a statement; their sum is the balance.

    Goes by the day of booking, so a closed month reads the same twice.
    """

    _name = "loyalty.b2b.movement"
    _description = "B2B Loyalty Points Movement"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "entry_id"
    _depends = {
        "loyalty.b2b.entry": [
            "date_booked",
            "kind",
            "origin",
            "points",
            "state",
            "wallet_id",
        ],
        "loyalty.b2b.wallet": ["partner_id", "user_id"],
        "loyalty.b2b.rate": ["amount", "date_start", "points", "program_id"],
    }

    date = fields.Date(string="Booked on", readonly=True)
    entry_id = fields.Many2one(
        comodel_name="loyalty.b2b.entry", string="Ledger entry", readonly=True
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program", string="Programme", readonly=True
    )
    wallet_id = fields.Many2one(comodel_name="loyalty.b2b.wallet", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Account manager", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    kind = fields.Selection(
        selection=lambda self: self.env["loyalty.b2b.entry"]._fields["kind"].selection,
        readonly=True,
    )
    origin = fields.Selection(
        selection=lambda self: (
            self.env["loyalty.b2b.entry"]._fields["origin"].selection
        ),
        readonly=True,
        help="Where the points come from if no invoice earned them.",
    )
    brought_in = Points(
        string="Brought in",
        readonly=True,
        help="Points taken over from an earlier programme.",
    )
    earned = Points(readonly=True, help="Points earned, bonuses included.")
    taken_back = Points(
        string="Taken back", readonly=True, help="Earned points that were taken back."
    )
    used = Points(readonly=True, help="Points used.")
    given_back = Points(string="Returned", readonly=True, help="Used points returned.")
    expired = Points(readonly=True, help="Points not used until their last day.")
    adjusted = Points(
        string="Corrected", readonly=True, help="Points corrected by hand."
    )
    transferred = Points(
        readonly=True, help="Points moved from or to other wallets; in all zero."
    )
    points = Points(
        string="Change", readonly=True, help="All columns together, in points."
    )
    amount = fields.Monetary(
        string="Change, worth",
        readonly=True,
        help="Worth of the change at the programme's rate on the day of booking.",
    )

    @property
    def _table_query(self):
        """Return booked entries only; unused columns cost nothing."""
        columns = SQL(", ").join(
            SQL(
                "CASE WHEN e.kind IN %s THEN e.points ELSE 0 END AS %s",
                kinds,
                SQL.identifier(name),
            )
            for name, kinds in COLUMNS.items()
        )
        return SQL(
            """
            SELECT e.id, e.id AS entry_id, e.date_booked AS date, e.program_id,
                   e.wallet_id, w.partner_id, w.user_id, e.company_id, e.currency_id,
                   e.kind, e.origin, e.points, %s,
                   (SELECT e.points * r.amount / r.points
                      FROM loyalty_b2b_rate r
                     WHERE r.program_id = e.program_id
                       AND r.date_start <= e.date_booked
                     ORDER BY r.date_start DESC LIMIT 1) AS amount
              FROM loyalty_b2b_entry e
              LEFT JOIN loyalty_b2b_wallet w ON w.id = e.wallet_id
             WHERE e.state = 'posted'
            """,
            columns,
        )

    # === ACTION METHODS === #

    def action_open(self):
        """Open the ledger entry with its why."""
        self.ensure_one()
        return self.entry_id.action_open()
