from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from ..fields import Points

SOON_DAYS = 30
# From this share of the next level's threshold on a customer is near it.
NEAR_PERCENT = 80
DESK = ("expiring_soon", "last_purchase_date", "approval_count")
IN_SQL = (*DESK, "next_expiry_date", "level_percent")


class LoyaltyB2bWallet(models.Model):
    """What *My customers* shows of wallets: sorted and searched in SQL.

    None of it is stored: it changes with every document, and with the calendar.
    """

    _inherit = "loyalty.b2b.wallet"

    expiring_soon = Points(
        string="Expiring in 30 days",
        compute="_compute_desk",
        compute_sudo=True,
        search="_search_expiring_soon",
        help="Points whose last day of use is within the next 30 days.",
    )
    next_expiry_date = fields.Date(search="_search_next_expiry_date")
    last_purchase_date = fields.Date(
        string="Last invoice",
        compute="_compute_desk",
        compute_sudo=True,
        search="_search_last_purchase_date",
        help="Date of the last invoice of the companies of this wallet.",
    )
    approval_count = fields.Integer(
        string="Waiting for approval",
        compute="_compute_desk",
        compute_sudo=True,
        search="_search_approval_count",
        help="Wishes to use points that somebody has to answer.",
    )
    level_percent = fields.Integer(
        string="Next level, %",
        compute="_compute_next_level",
        compute_sudo=True,
        search="_search_level_percent",
        aggregator=None,
        help="How much of the next level is reached, 0–100. 0 on the highest one.",
    )
    level_missing = fields.Char(
        string="To the next level",
        compute="_compute_next_level",
        compute_sudo=True,
        help="What is missing to the next level.",
    )
    level_text = fields.Char(
        compute="_compute_next_level",
        compute_sudo=True,
        help="What is missing to the next level, and until when.",
    )

    # === COMPUTE METHODS === #

    def _compute_desk(self):
        rows = {row["id"]: row for row in self._query_desk()}
        for wallet in self:
            row = rows.get(wallet.id, {})
            wallet.expiring_soon = int(row.get("expiring_soon") or 0)
            wallet.last_purchase_date = row.get("last_purchase_date") or False
            wallet.approval_count = row.get("approval_count") or 0

    @api.depends("tier_id")
    @api.depends_context("lang")
    def _compute_next_level(self):
        progress = self._get_tier_progress()
        for wallet in self:
            row = progress.get(wallet.id)
            cards = wallet.program_id._get_tier_cards() if row else ()
            card = next((one for one in cards if one.id == row["next_id"]), None)
            wallet.level_percent = card and wallet._get_tier_percent(row, card)
            wallet.level_text = card and wallet._get_tier_next_text(row, card)
            wallet.level_missing = card and self.env._(
                "%(missing)s to %(level)s",
                missing=wallet._format_tier(row, row["missing"]),
                level=card.name,
            )

    # === SEARCH METHODS === #

    def _search_expiring_soon(self, operator, value):
        return self._search_desk("expiring_soon", operator, value)

    def _search_next_expiry_date(self, operator, value):
        return self._search_desk("next_expiry_date", operator, value)

    def _search_last_purchase_date(self, operator, value):
        return self._search_desk("last_purchase_date", operator, value)

    def _search_approval_count(self, operator, value):
        return self._search_desk("approval_count", operator, value)

    def _search_level_percent(self, operator, value):
        return self._search_desk("level_percent", operator, value)

    def _search_desk(self, name, operator, value):
        """Return the condition on a column of the desk, computed in SQL."""
        if operator not in ("<", ">", "<=", ">=", "in", "not in"):
            return NotImplemented
        self._spare_compilation()
        if self._fields[name].type == "date":
            return Domain.custom(
                to_sql=lambda model, alias, query: self._fields[name]._condition_to_sql(
                    name, operator, value, model, alias, query
                )
            )
        if operator in ("in", "not in"):
            value = tuple(int(number) for number in value) or (None,)
        sql_operator = SQL({"in": "IN", "not in": "NOT IN"}.get(operator, operator))
        # never empty: the sum is not computed twice
        return Domain.custom(
            to_sql=lambda model, alias, query: SQL(
                "%s %s %s", model._field_to_sql(alias, name, query), sql_operator, value
            )
        )

    def _order_to_sql(self, order, query, alias=None, reverse=False):
        if order and any(name in order for name in IN_SQL):
            self._spare_compilation()
        return super()._order_to_sql(order, query, alias, reverse)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "level_percent":
            return self._get_level_percent_sql(alias)
        if field_expr in IN_SQL:
            wallet = SQL.identifier(alias, "id")
            program = SQL.identifier(alias, "program_id")
            return getattr(self, f"_get_{field_expr}_sql")(wallet, program)
        return super()._field_to_sql(alias, field_expr, query)

    # === QUERIES === #

    def _query_desk(self):
        """Return the columns of the desk for these wallets, in one query."""
        if not self.ids:
            return []
        self._flush_desk()
        wallet, program = SQL("w.id"), SQL("w.program_id")
        columns = SQL(", ").join(
            SQL(
                "%s AS %s",
                getattr(self, f"_get_{name}_sql")(wallet, program),
                SQL.identifier(name),
            )
            for name in DESK
        )
        return self.env.execute_query_dict(
            SQL(
                "SELECT w.id, %s FROM loyalty_b2b_wallet w WHERE w.id = ANY(%s)",
                columns,
                list(self.ids),
            )
        )

    @api.model
    def _flush_desk(self):
        """Write what the columns of the desk read."""
        self.env["loyalty.b2b.redemption"].flush_model(["wallet_id", "state"])
        self.env["loyalty.b2b.participant"].flush_model(["wallet_id", "partner_id"])
        self.env["account.move"].flush_model(
            [
                "commercial_partner_id",
                "company_id",
                "invoice_date",
                "move_type",
                "state",
            ]
        )

    @api.model
    def _get_expiring_soon_sql(self, wallet, program):
        """Return SQL for the points of a wallet that expire soon.

        :param SQL wallet: expression of a wallet's id.
        :param SQL program: expression of its programme's id.
        """
        return SQL(
            """(SELECT COALESCE(SUM(e.points_open), 0)::bigint
               FROM loyalty_b2b_entry e
              WHERE e.wallet_id = %(wallet)s AND e.state = 'posted'
                AND e.points_open > 0 AND e.points > 0
                AND e.date_expiry BETWEEN %(today)s AND %(today)s + %(days)s)""",
            wallet=wallet,
            today=self._get_today_sql(program),
            days=SOON_DAYS,
        )

    @api.model
    def _get_next_expiry_date_sql(self, wallet, program):
        """Return SQL for the next last day of use; see `_get_expiring_soon_sql`."""
        return SQL(
            """(SELECT MIN(e.date_expiry)
               FROM loyalty_b2b_entry e
              WHERE e.wallet_id = %(wallet)s AND e.state = 'posted'
                AND e.points_open > 0 AND e.points > 0
                AND e.date_expiry >= %(today)s)""",
            wallet=wallet,
            today=self._get_today_sql(program),
        )

    @api.model
    def _get_last_purchase_date_sql(self, wallet, program):
        """Return SQL for the date of the last invoice, by index only."""
        return SQL(
            """(SELECT MAX(own.day)
               FROM loyalty_b2b_participant p
              CROSS JOIN LATERAL (
                 SELECT MAX(m.invoice_date) AS day
                   FROM account_move m
                  WHERE m.commercial_partner_id = p.partner_id
                    AND m.company_id = p.company_id
                    AND m.state = 'posted' AND m.move_type = 'out_invoice') own
              WHERE p.wallet_id = %(wallet)s
                AND (p.date_end IS NULL OR p.date_end >= %(today)s))""",
            wallet=wallet,
            today=self._get_today_sql(program),
        )

    @api.model
    def _get_approval_count_sql(self, wallet, program):
        """Return SQL for the number of wishes that wait for an answer."""
        return SQL(
            """(SELECT COUNT(*)::int FROM loyalty_b2b_redemption r
              WHERE r.wallet_id = %s AND r.state = 'approve')""",
            wallet,
        )

    @api.model
    def _get_level_percent_sql(self, alias):
        """Return SQL for how much of the next level a wallet has reached, 0–100."""
        self._flush_tiers()
        programs = self.env["loyalty.b2b.program"].sudo()
        cases = [
            SQL(
                "WHEN %s THEN %s",
                program.id,
                self._get_program_percent_sql(alias, program),
            )
            for program in programs.browse(programs._get_tier_program_ids())
        ]
        if not cases:
            return SQL("0")
        return SQL(
            "COALESCE(CASE %s %s END, 0)",
            SQL.identifier(alias, "program_id"),
            SQL(" ").join(cases),
        )

    @api.model
    def _get_program_percent_sql(self, alias, program):
        """Return SQL for `_get_level_percent_sql` of the wallets of one programme."""
        levels = program._get_tier_terms().levels
        scope = SQL("w.id = %s", SQL.identifier(alias, "id"))
        return SQL(
            """(SELECT CASE WHEN n.threshold > 0
                            THEN LEAST(100, FLOOR(m.running * 100 / n.threshold))
                            WHEN n.threshold = 0 THEN 100 END::int
               FROM (%(measures)s) m
              CROSS JOIN LATERAL (
                 SELECT MIN(l.threshold) AS threshold
                   FROM UNNEST(%(ids)s::int[], %(marks)s::numeric[]) l(id, threshold)
                  WHERE l.threshold > COALESCE(
                        (SELECT h.threshold
                           FROM UNNEST(%(ids)s::int[], %(marks)s::numeric[])
                                h(id, threshold)
                          WHERE h.id = m.tier_id), -1)) n)""",
            measures=self._get_tier_measures_sql(program, scope),
            ids=[level.id for level in levels],
            marks=[level.threshold for level in levels],
        )
