from decimal import Decimal

from odoo import models
from odoo.tools import SQL

from ..tools import tiers
from .wallet_tier import TIER_FIELDS

ZERO = Decimal(0)
MEASURES = ("running", "previous", "ended")


class LoyaltyB2bWallet(models.Model):
    """What wallets have reached in the periods that their levels go by."""

    _inherit = "loyalty.b2b.wallet"

    # === PROGRESS === #

    def _get_tier_progress(self):
        """Return how far wallets are from their next level, and what theirs needs.

        One query for each programme with levels.

        :return: dict of wallet id → dict of plain values; amounts are Decimals in the
            unit of the measure. Wallets of programmes without levels are left out.
            - tier_id: the level in force; earned_id; manual_id, manual_until, reason
            - until: last day for which the earned level was reached; None if nobody
              falls below it. grace_end: last day before it is looked at again
            - measure_name ('points', 'turnover', 'orders'), measure: reached in the
              running period, period_start to period_end
            - next_id, missing: the next level above the one in force, what is missing
              to its threshold, by: the last day for it (None where the last 12 months
              count)
            - keep_missing: what is missing to keep the earned level (0: nothing), to be
              reached by keep_by
        """
        progress = {}
        for program, wallets in self.sudo().grouped("program_id").items():
            if program._get_tier_terms().levels:
                for row in wallets._query_tier_measures(program):
                    progress[row["id"]] = self._prepare_tier_progress(program, row)
        return progress

    def _prepare_tier_progress(self, program, row):
        """Return the values of one wallet for `_get_tier_progress`."""
        terms, today = program._get_tier_terms(), program._today()
        by_id = {level.id: level for level in terms.levels}
        held = by_id.get(row["tier_id"])
        earned = by_id.get(row["tier_earned_id"])
        above = held.threshold if held else None
        following = next(
            (x for x in terms.levels if above is None or x.threshold > above), 0
        )
        rolls = terms.period == "rolling"
        until = row["tier_until"]
        grace_end = until and until + tiers.DAY * terms.grace_days
        reached = max(row["running"], row["ended"])
        is_safe = not earned or not until or earned.lasts
        return {
            "tier_id": row["tier_id"],
            "earned_id": row["tier_earned_id"],
            "manual_id": row["tier_manual_id"],
            "manual_until": row["tier_manual_until"],
            "reason": row["tier_reason"],
            "until": until,
            "grace_end": grace_end,
            "measure_name": terms.measure,
            "measure": row["running"],
            "period_start": row["start"],
            "period_end": row["end"],
            "next_id": following.id if following else None,
            "missing": max(ZERO, following.threshold - row["running"])
            if following
            else None,
            "by": row["end"] if following and not rolls else None,
            "keep_missing": ZERO if is_safe else max(ZERO, earned.threshold - reached),
            "keep_by": None
            if is_safe
            else until
            if today <= until and not rolls
            else grace_end,
        }

    # === MEASURES === #

    def _query_tier_measures(self, program):
        """Return levels and measures of wallets of one programme, as dicts.

        :return: dicts with id, the columns of levels, start and end of the running
            period, and what was reached (Decimal, 0 or more) `running`, `previous` and
            `ended`: in the period that ends, or ended, with the level.
        """
        self._flush_tiers()
        scope = SQL("w.id = ANY(%s)", list(self.ids))
        return [
            {**row, **{name: Decimal(row[name]) for name in MEASURES}}
            for row in self.env.execute_query_dict(
                SQL(
                    """
                SELECT id, tier_id, tier_earned_id, tier_until, tier_manual_id,
                       tier_manual_until, tier_reason, period_start AS start,
                       period_end AS "end", running::text, previous::text, ended::text
                  FROM (%s) measured
                    """,
                    self._get_tier_measures_sql(program, scope),
                )
            )
        ]

    def _query_tier_ranks(self, program, thresholds):
        """Count the wallets of a programme by how they stand with other levels.

        :param list thresholds: ascending.
        :return: list of (id of the earned level, rank deserved at once, rank that the
            last full period or the running one deserves, number of wallets).
        """
        self._flush_tiers()
        return self.env.execute_query(
            SQL(
                """
            SELECT tier_earned_id,
                   WIDTH_BUCKET(GREATEST(running, CASE WHEN in_grace THEN previous END),
                                t.list) AS deserved,
                   WIDTH_BUCKET(GREATEST(running, previous, ended), t.list) AS kept,
                   COUNT(*)
              FROM (%(measured)s) measured, (SELECT %(thresholds)s::numeric[]) t(list)
             GROUP BY 1, 2, 3
                """,
                measured=self._get_tier_measures_sql(program, SQL("TRUE")),
                thresholds=thresholds,
            )
            if thresholds
            else SQL(
                "SELECT tier_earned_id, 0, 0, COUNT(*) FROM (%s) measured GROUP BY 1",
                self._get_tier_measures_sql(program, SQL("TRUE")),
            )
        )

    def _flush_tiers(self):
        """Write what the measures read."""
        self.env["loyalty.b2b.wallet"].flush_model(
            ["program_id", "state", "is_control", "date_joined", *TIER_FIELDS]
        )

    def _get_tier_measures_sql(self, program, scope):
        """Return SQL for what wallets of a programme reached in their periods.

        :param SQL scope: condition on the wallet `w`.
        :return: a SELECT of columns of the wallet and of its periods; in_grace (the one
            before may still raise a level); running, previous and ended, 0 or more.
        """
        terms, today = program._get_tier_terms(), SQL("%s::date", program._today())
        return SQL(
            """
            SELECT w.id, w.program_id, w.company_id, w.tier_id, w.tier_earned_id,
                   w.tier_until, w.tier_manual_id, w.tier_manual_until, w.tier_reason,
                   p.period_start, p.period_end, p.previous_end,
                   COALESCE(%(today)s <= p.previous_end + %(grace)s, FALSE) AS in_grace,
                   GREATEST(m.running, 0) AS running,
                   GREATEST(m.previous, 0) AS previous,
                   GREATEST(m.ended, 0) AS ended
              FROM loyalty_b2b_wallet w
             -- once for each wallet, not for each of its entries
             CROSS JOIN LATERAL (%(periods)s OFFSET 0) p
             CROSS JOIN LATERAL (
                    SELECT SUM(e.value) FILTER (
                               WHERE e.day BETWEEN p.period_start AND p.period_end
                           ) AS running,
                           SUM(e.value) FILTER (
                               WHERE e.day BETWEEN p.previous_start AND p.previous_end
                           ) AS previous,
                           SUM(e.value) FILTER (
                               WHERE e.day BETWEEN p.ended_start AND p.ended_end
                           ) AS ended
                      FROM (%(values)s) e) m
             WHERE w.program_id = %(program)s AND %(scope)s
               AND w.state <> 'left' AND w.is_control IS NOT TRUE
            """,
            today=today,
            grace=terms.grace_days,
            periods=self._get_tier_periods_sql(terms.period, today),
            values=self._get_tier_values_sql(terms.measure),
            program=program.id,
            scope=scope,
        )

    def _get_tier_values_sql(self, measure):
        """Return SQL for what counts of a wallet `w`: columns day and value.

        An order counts on the day of its first document, as long as anything of it
        stands.

        :param str measure: of `program.tier_measure`.
        """
        if measure == "orders":
            return SQL(
                """
                    SELECT MIN(date_earned) AS day, 1 AS value FROM loyalty_b2b_entry
                     WHERE wallet_id = w.id AND state = 'posted'
                       AND date_earned IS NOT NULL
                     GROUP BY group_ref HAVING SUM(turnover) > 0
                """
            )
        return SQL(
            """
                    SELECT date_earned AS day, %s AS value FROM loyalty_b2b_entry
                     WHERE wallet_id = w.id AND state = 'posted'
                       AND date_earned >= LEAST(p.period_start, p.previous_start,
                                                p.ended_start)
            """,
            SQL("points" if measure == "points" else "turnover"),
        )

    def _get_tier_periods_sql(self, period, today):
        """Return SQL for the periods of a wallet `w`, as `tools.tiers` counts them.

        :param str period: of `program.tier_period`.
        :param SQL today: in the programme's time zone.
        :return: a SELECT of period_start, period_end, previous_start, previous_end,
            ended_start and ended_end.
        """
        if period == "rolling":
            start = SQL("(%s - INTERVAL '12 months')::date + 1", today)
            return SQL(
                """
                    SELECT %(start)s AS period_start, %(today)s AS period_end,
                           NULL::date AS previous_start, NULL::date AS previous_end,
                           %(start)s AS ended_start, %(today)s AS ended_end
                """,
                start=start,
                today=today,
            )
        anchor = SQL("w.date_joined")
        if period == "year":
            anchor = SQL("%s::date", tiers.NEW_YEAR)
        return self._get_tier_years_sql(anchor, today)

    def _get_tier_years_sql(self, anchor, today):
        """Return SQL for the years, counted from an anchor, of a wallet `w`."""
        return SQL(
            """
                    SELECT %(n0)s AS period_start, %(n1)s - 1 AS period_end,
                           %(b0)s AS previous_start, %(n0)s - 1 AS previous_end,
                           %(u0)s AS ended_start, %(u1)s - 1 AS ended_end
                      FROM (SELECT %(now)s AS now, %(until)s AS until OFFSET 0) years
            """,
            now=self._get_years_sql(anchor, today),
            until=self._get_years_sql(anchor, SQL("w.tier_until")),
            **{
                name: self._get_anniversary_sql(anchor, years)
                for name, years in {
                    "b0": SQL("years.now - 1"),
                    "n0": SQL("years.now"),
                    "n1": SQL("years.now + 1"),
                    "u0": SQL("years.until"),
                    "u1": SQL("years.until + 1"),
                }.items()
            },
        )

    def _get_years_sql(self, anchor, day):
        """Return SQL for how many years after its anchor the year of a day begins."""
        years = SQL("(EXTRACT(year FROM %s) - EXTRACT(year FROM %s))::int", day, anchor)
        return SQL(
            "%s - (%s > %s)::int", years, self._get_anniversary_sql(anchor, years), day
        )

    def _get_anniversary_sql(self, anchor, years):
        return SQL("(%s + MAKE_INTERVAL(years => %s))::date", anchor, years)
