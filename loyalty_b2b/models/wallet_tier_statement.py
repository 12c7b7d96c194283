from odoo import api, models
from odoo.tools import SQL

from .wallet_tier import TIER_FIELDS


class LoyaltyB2bWallet(models.Model):
    """The one statement that decides on levels, of one wallet or of thousands."""

    _inherit = "loyalty.b2b.wallet"

    @api.model
    def _retier(self, program, scope, cause="reached", with_reviews=False):
        """Decide on the levels of wallets, write them and their history, and tell.

        One statement, whatever the number of wallets. It locks those that change in
        ascending order; one that an act of choice changed meanwhile makes the whole be
        repeated. Run again, it changes nothing.

        :param SQL scope: condition on the wallet `w`.
        :param str cause: of rises, for the history.
        :param bool with_reviews: also review levels whose time is over, and end those
            set by hand; else they only rise.
        :return: list of dicts with id, before and after (ids of the level in force) and
            until, of wallets whose level in force changes.
        """
        if not program._get_tier_terms().levels:
            return []
        self._flush_tiers()
        rows = self.env.execute_query_dict(
            self._get_retier_sql(program, scope, cause, with_reviews)
        )
        if rows:
            wallets = self.env["loyalty.b2b.wallet"]
            wallets.invalidate_model([*TIER_FIELDS, "tier_change_ids"], flush=False)
        changed = [row for row in rows if row["before"] != row["after"]]
        self._notify_tiers(program, changed)
        return changed

    def _get_retier_sql(self, program, scope, cause, with_reviews):
        """Return the statement of `_retier`: measure, decide, lock, write, note.

        What it decides is what `tools.tiers.decide` says of one wallet.
        """
        return SQL(
            """
            WITH ranked AS MATERIALIZED (%(ranked)s),
            decided AS MATERIALIZED (%(decided)s),
            changed AS (%(changed)s), locked AS (
                SELECT w.id FROM loyalty_b2b_wallet w
                 WHERE w.id IN (SELECT id FROM changed)
                 ORDER BY w.id FOR NO KEY UPDATE
            ), updated AS (%(updated)s), noted AS (%(noted)s)
            SELECT c.id, c.tier_id AS before, c.after, c.until
              FROM changed c JOIN updated ON updated.id = c.id ORDER BY c.id
            """,
            ranked=self._get_ranked_sql(program, scope, with_reviews),
            decided=self._get_decided_sql(program, cause),
            changed=self._get_changed_sql(program),
            updated=self._get_updated_sql(program),
            noted=self._get_noted_sql(program),
        )

    def _get_changed_sql(self, program):
        """Return SQL for the wallets that change, with what becomes of them."""
        levels = program._get_tier_terms().levels
        return SQL(
            """
                SELECT * FROM (
                    SELECT g.*, CASE WHEN ARRAY_POSITION(%(ids)s, g.manual) > g.rank
                                     THEN g.manual ELSE g.earned END AS after
                      FROM (
                        SELECT d.*, (%(ids)s)[d.rank] AS earned, %(until)s AS until,
                               CASE WHEN NOT d.manual_over THEN d.tier_manual_id END
                               AS manual
                          FROM decided d) g) a
                 WHERE cause IS NOT NULL OR manual_over
                    OR after IS DISTINCT FROM tier_id
                    OR until IS DISTINCT FROM tier_until
            """,
            ids=SQL("%s::int[]", [level.id for level in levels]),
            until=self._get_until_sql(program),
        )

    def _get_updated_sql(self, program):
        """Return SQL that writes the wallets that are locked."""
        return SQL(
            """
                UPDATE loyalty_b2b_wallet w
                   SET tier_id = c.after, tier_earned_id = c.earned,
                       tier_until = c.until, tier_manual_id = c.manual,
                       tier_since = CASE WHEN c.after IS DISTINCT FROM c.tier_id
                                         THEN %(today)s::date ELSE w.tier_since END,
                       tier_manual_until = CASE WHEN NOT c.manual_over
                                                THEN w.tier_manual_until END,
                       tier_reason = CASE WHEN NOT c.manual_over
                                          THEN w.tier_reason END
                  FROM changed c JOIN locked ON locked.id = c.id
                 WHERE w.id = c.id RETURNING w.id
            """,
            today=program._today(),
        )

    def _get_ranked_sql(self, program, scope, with_reviews):
        """Return SQL for the levels that wallets hold and deserve, as ranks from 1."""
        terms = program._get_tier_terms()
        return SQL(
            """
                SELECT m.*,
                       COALESCE(ARRAY_POSITION(%(ids)s::int[], m.tier_earned_id), 0)
                       AS held,
                       WIDTH_BUCKET(m.running, t.list) AS now_rank,
                       CASE WHEN m.in_grace THEN WIDTH_BUCKET(m.previous, t.list)
                            ELSE 0 END AS before_rank,
                       WIDTH_BUCKET(GREATEST(m.running, m.ended), t.list)
                       AS review_rank,
                       COALESCE(%(with_reviews)s
                                AND m.tier_until + %(grace)s < %(today)s::date, FALSE)
                       AS is_over,
                       COALESCE(%(with_reviews)s
                                AND m.tier_manual_until < %(today)s::date, FALSE)
                       AS manual_over
                  FROM (%(measured)s) m, (SELECT %(thresholds)s::numeric[]) t(list)
            """,
            ids=[level.id for level in terms.levels],
            thresholds=[level.threshold for level in terms.levels],
            grace=terms.grace_days,
            today=program._today(),
            with_reviews=with_reviews,
            measured=self._get_tier_measures_sql(program, scope),
        )

    def _get_decided_sql(self, program, cause):
        """Return SQL for what becomes of levels: rank, cause and what decided it."""
        levels = program._get_tier_terms().levels
        return SQL(
            """
                SELECT r.*,
                       CASE WHEN r.deserved > r.held THEN r.deserved
                            WHEN r.is_lost THEN r.held - 1
                            ELSE r.held END AS rank,
                       CASE WHEN r.deserved > r.held THEN %(cause)s
                            WHEN r.is_lost THEN 'lost'
                            WHEN r.is_over AND r.held > 0 THEN 'kept' END AS cause,
                       CASE WHEN r.deserved <= r.held
                            THEN GREATEST(r.running, r.ended)
                            WHEN r.now_rank = r.deserved THEN r.running
                            ELSE r.previous END AS measure
                  FROM (SELECT ranked.*,
                               GREATEST(now_rank, before_rank) AS deserved,
                               is_over AND review_rank < held
                               AND NOT (%(lasts)s)[held] AS is_lost
                          FROM ranked) r
            """,
            cause=cause,
            lasts=SQL("%s::bool[]", [level.lasts for level in levels]),
        )

    def _get_until_sql(self, program):
        """Return SQL for the last day for which the level of a row `d` is granted."""
        terms, today = program._get_tier_terms(), SQL("%s::date", program._today())
        granted = prolonged = SQL("d.period_end")
        if terms.period == "rolling":
            granted = SQL("(%s + INTERVAL '12 months')::date - 1", today)
            years = SQL(
                "GREATEST(1, (EXTRACT(year FROM %s)"
                " - EXTRACT(year FROM d.tier_until))::int)",
                today,
            )
            end = self._get_anniversary_sql(SQL("d.tier_until"), years)
            prolonged = self._get_anniversary_sql(
                SQL("d.tier_until"), SQL("%s + (%s < %s)::int", years, end, today)
            )
        return SQL(
            """CASE WHEN d.rank = 0 OR (%(lasts)s)[d.rank] THEN NULL
                    WHEN d.deserved > d.held
                    THEN CASE WHEN d.now_rank = d.deserved THEN %(granted)s
                              ELSE d.previous_end END
                    WHEN d.is_over THEN %(prolonged)s
                    ELSE COALESCE(d.tier_until, %(granted)s) END""",
            lasts=SQL("%s::bool[]", [level.lasts for level in terms.levels]),
            granted=granted,
            prolonged=prolonged,
        )

    def _get_noted_sql(self, program):
        """Return SQL that writes the history of the wallets that were updated."""
        return SQL(
            """
                INSERT INTO loyalty_b2b_tier_change (
                    wallet_id, program_id, company_id, date, tier_from_id, tier_to_id,
                    cause, measure, date_until, reason, user_id,
                    create_uid, create_date, write_uid, write_date)
                SELECT c.id, c.program_id, c.company_id, %(today)s, n.tier_from,
                       n.tier_to, n.cause, n.measure, n.until, n.reason, %(user)s,
                       %(user)s, now() AT TIME ZONE 'UTC',
                       %(user)s, now() AT TIME ZONE 'UTC'
                  FROM changed c JOIN updated ON updated.id = c.id
                 CROSS JOIN LATERAL (
                    SELECT c.tier_earned_id, c.earned, c.cause, c.measure, c.until, NULL
                     WHERE c.cause IS NOT NULL
                     UNION ALL
                    SELECT c.tier_manual_id, c.after, 'manual_end', NULL,
                           c.tier_manual_until, c.tier_reason
                     WHERE c.manual_over
                 ) n(tier_from, tier_to, cause, measure, until, reason)
            """,
            today=program._today(),
            user=self.env.uid,
        )
