import json

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.tools import SQL

from ..fields import Points

FIGURES = (
    "balance",
    "available",
    "available_amount",
    "owed",
    "owed_amount",
    "held",
    "waiting",
    "next_expiry_date",
    "next_expiry_points",
)
# What no default may fill: a wallet is also created for who may not write one.
GUARDED = {
    "state",
    "date_joined",
    "is_control",
    "merged_into_id",
    "version",
    "participant_ids",
}


class LoyaltyB2bWallet(models.Model):
    """Participation of one business customer in one programme."""

    _name = "loyalty.b2b.wallet"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "loyalty.b2b.guarded.mixin",
    ]
    _description = "B2B Loyalty Wallet"
    _order = "partner_id, id"
    _rec_name = "partner_id"
    _check_company_auto = True

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        required=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
        help="The company that opened the wallet; others may take part in it.",
    )
    user_id = fields.Many2one(
        related="partner_id.user_id", string="Account manager", store=True, index=True
    )
    state = fields.Selection(
        selection=[
            ("invited", "Invited"),
            ("active", "Active"),
            ("suspended", "Suspended"),
            ("left", "Left"),
        ],
        required=True,
        default="active",
        copy=False,
        tracking=True,
        help="Invited and suspended wallets earn and cannot use points; one that has"
        " left does neither.",
    )
    date_joined = fields.Date(
        string="Joined on", required=True, default=fields.Date.context_today
    )
    is_control = fields.Boolean(
        string="Control group",
        help="Kept out at random to measure what the programme achieves: it neither"
        " earns nor uses.",
    )
    merged_into_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Merged into",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    version = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="Counts the acts of choice; they queue up on it.",
    )
    participant_ids = fields.One2many(
        comodel_name="loyalty.b2b.participant",
        inverse_name="wallet_id",
        string="Participating Companies",
    )
    entry_ids = fields.One2many(
        comodel_name="loyalty.b2b.entry", inverse_name="wallet_id", string="Ledger"
    )

    balance = Points(
        compute="_compute_figures",
        help="All booked points, those held by quotations included.",
    )
    available = Points(
        compute="_compute_figures",
        search="_search_available",
        help="Points that can be used now; below zero they are owed.",
    )
    available_amount = fields.Monetary(
        string="Worth",
        compute="_compute_figures",
        help="What the available points buy.",
    )
    held = Points(compute="_compute_figures", help="Points held by open quotations.")
    waiting = Points(
        compute="_compute_figures",
        help="Earned points whose invoice is not paid, or whose day has not come.",
    )
    next_expiry_date = fields.Date(
        string="Next expiry", compute="_compute_next_expiry", help="Last day of use."
    )
    next_expiry_points = Points(string="Expiring next", compute="_compute_next_expiry")

    # === COMPUTE METHODS === #

    def _compute_figures(self):
        rows = {row.pop("wallet_id"): row for row in self._query_figures()}
        for wallet in self:
            row = rows.get(wallet.id, {})
            wallet.balance = int(row.get("balance") or 0)
            wallet.available = int(row.get("available") or 0)
            wallet.held = int(row.get("held") or 0)
            wallet.waiting = int(row.get("waiting") or 0)
            wallet.available_amount = wallet.program_id._get_worth(wallet.available)

    def _compute_next_expiry(self):
        expiries = self._query_next_expiry()
        for wallet in self:
            wallet.next_expiry_date, wallet.next_expiry_points = expiries.get(
                wallet.id, (False, 0)
            )

    def _search_available(self, operator, value):
        if operator not in ("=", "!=", "<", ">", "<=", ">=", "in", "not in"):
            return NotImplemented
        if operator in ("in", "not in"):
            value = tuple(int(number) for number in value) or (None,)
        self._spare_compilation()
        sql_operator = SQL({"in": "IN", "not in": "NOT IN"}.get(operator, operator))
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s %s",
                model._field_to_sql(alias, "available", query),
                sql_operator,
                value,
            )
        )

    def _field_to_sql(self, alias, field_expr, query=None):
        """Make *available* sortable, groupable and searchable though it is not
        stored: a sum over the partial index of open entries (DESIGN §4)."""
        if field_expr != "available":
            return super()._field_to_sql(alias, field_expr, query)
        return self._get_available_sql(
            SQL.identifier(alias, "id"), SQL.identifier(alias, "program_id")
        )

    def _order_to_sql(self, order, query, alias=None, reverse=False):
        if order and "available" in order:
            self._spare_compilation()
        return super()._order_to_sql(order, query, alias, reverse)

    def _spare_compilation(self):
        """Tell PostgreSQL not to compile sums over the entries of each wallet.

        They are cheap but look dear in the plan: compiling takes a second, running one
        for 100 000 wallets half a second.
        """
        self.env.execute_query(SQL("SET LOCAL jit = off"))

    def _get_available_sql(self, wallet, program):
        """Return SQL for the available points of a wallet (DESIGN I1).

        Net, hence the same before and after settling: lots usable today less all open
        debits, but for debits that take back a lot which has lapsed itself.

        :param SQL wallet: expression of a wallet's id.
        :param SQL program: expression of its programme's id.
        """
        return SQL(
            """(
            (SELECT COALESCE(SUM(
                        CASE WHEN e.points < 0 THEN -e.points_open
                             WHEN e.date_expiry IS NULL OR e.date_expiry >= %(today)s
                             THEN e.points_open END), 0)
               FROM loyalty_b2b_entry e
              WHERE e.wallet_id = %(wallet)s
                AND e.state = 'posted' AND e.points_open > 0)
            + (SELECT COALESCE(SUM(LEAST(taken.points, COALESCE(lapsed.points, 0))), 0)
                 FROM (
                    SELECT COALESCE(r.root_entry_id, r.id) AS root,
                           SUM(d.points_open) AS points
                      FROM loyalty_b2b_entry d
                      JOIN loyalty_b2b_entry r ON r.id = d.reversed_entry_id
                     WHERE d.wallet_id = %(wallet)s AND d.state = 'posted'
                       AND d.points_open > 0 AND d.points < 0
                     GROUP BY 1
                 ) taken
                 CROSS JOIN LATERAL (
                    SELECT SUM(e.points_open) AS points
                      FROM loyalty_b2b_entry e
                     WHERE e.wallet_id = %(wallet)s AND e.state = 'posted'
                       AND e.points_open > 0 AND e.points > 0
                       AND e.date_expiry < %(today)s
                       AND COALESCE(e.root_entry_id, e.id) = taken.root
                 ) lapsed)
            )::bigint""",
            today=self._get_today_sql(program),
            wallet=wallet,
        )

    def _get_today_sql(self, program):
        """Return SQL for today's date in the time zone of each programme.

        :param SQL program: expression of a programme's id.
        """
        today = self.env["loyalty.b2b.program"]._get_today_by_program()
        days = set(today.values())
        if len(days) == 1:  # most often; a constant is much cheaper for many wallets
            return SQL("%s::date", days.pop())
        return SQL("(%s::jsonb ->> %s::text)::date", json.dumps(today), program)

    def _query_figures(self, with_expiry=False):
        """Sum the open and pending entries, by partial index only.

        :param bool with_expiry: add next_day and next_points of `_query_next_expiry`,
            and `asked`, the number of questions to the customer's administrators.
        :return: list of dicts with wallet_id and the figures, in points.
        """
        if not self.ids:
            return []
        columns, join = SQL("open.*"), SQL()
        if with_expiry:
            columns = SQL(
                "open.*, next.day AS next_day, next.points AS next_points,"
                " (%s) AS asked",
                self._get_questions_sql(),
            )
            join = SQL(
                "LEFT JOIN (%s) next ON next.wallet_id = w.id",
                self._get_next_expiry_sql(),
            )
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT w.id AS wallet_id, %(available)s AS available, %(columns)s
              FROM loyalty_b2b_wallet w
             CROSS JOIN LATERAL (
                SELECT SUM(CASE WHEN e.state = 'posted'
                                THEN SIGN(e.points) * e.points_open
                                WHEN e.kind = 'redeem' THEN -e.points
                                ELSE 0 END) AS balance,
                       -SUM(e.points) FILTER (
                            WHERE e.state = 'pending' AND e.kind = 'redeem') AS held,
                       SUM(e.points) FILTER (
                            WHERE e.state = 'pending' AND e.kind <> 'redeem') AS waiting
                  FROM loyalty_b2b_entry e
                 WHERE e.wallet_id = w.id
                   AND ((e.state = 'posted' AND e.points_open > 0)
                        OR e.state = 'pending')
              ) open
              %(join)s
             WHERE w.id = ANY(%(ids)s)
                """,
                columns=columns,
                join=join,
                available=self._get_available_sql(SQL("w.id"), SQL("w.program_id")),
                ids=list(self.ids),
            )
        )

    def _query_next_expiry(self):
        """Return wallet id → (last day of use, points) of what lapses next."""
        if not self.ids:
            return {}
        rows = self.env.execute_query(self._get_next_expiry_sql())
        return {wallet_id: (day, int(points)) for wallet_id, day, points in rows}

    def _get_next_expiry_sql(self):
        """Return SQL for wallet_id, day and points of what lapses next."""
        return SQL(
            """
            SELECT DISTINCT ON (e.wallet_id) e.wallet_id, e.date_expiry AS day,
                   SUM(e.points_open) AS points
              FROM loyalty_b2b_entry e
             WHERE e.wallet_id = ANY(%(ids)s) AND e.state = 'posted'
               AND e.points_open > 0 AND e.points > 0 AND e.date_expiry >= %(today)s
             GROUP BY e.wallet_id, e.date_expiry
             ORDER BY e.wallet_id, e.date_expiry
            """,
            ids=list(self.ids),
            today=self._get_today_sql(SQL("e.program_id")),
        )

    def _invalidate_figures(self):
        """Forget cached figures and entries after the ledger has changed."""
        self.env["loyalty.b2b.wallet"].invalidate_model(
            [*FIGURES, "entry_ids"], flush=False
        )
        self.env["loyalty.b2b.entry"].invalidate_model(flush=False)

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | GUARDED

    def copy_data(self, default=None):
        raise UserError(
            self.env._(
                "A wallet cannot be duplicated: each company takes part once in a"
                " programme."
            )
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_booked(self):
        booked = self.sudo().filtered("entry_ids")
        if booked:
            raise UserError(
                self.env._(
                    "The wallet of %(customer)s has a history and cannot be deleted."
                    " Set it to “Left” instead.",
                    customer=booked[0].partner_id.display_name,
                )
            )
