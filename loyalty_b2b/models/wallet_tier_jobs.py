from collections import defaultdict

from odoo import api, models
from odoo.tools import SQL

from .wallet_tier import TIER_FIELDS

# Wallets of one statement of the nightly job.
RETIER_BATCH = 5000
ENDING_DAYS = 30


class LoyaltyB2bWallet(models.Model):
    """Levels that rise when settling, and fall, end and are repaired every night."""

    _inherit = "loyalty.b2b.wallet"

    # === SETTLING === #

    def _settle_groups(self, entry_ids):
        booked = super()._settle_groups(entry_ids)
        self._settle_tiers(entry_ids)
        return booked

    def _settle_tiers(self, entry_ids):
        """Raise the levels of wallets with new bookings: one query for each programme
        with levels, none where no programme has any.

        :param list entry_ids: entries booked since the wallet was last settled.
        """
        programs = self.env["loyalty.b2b.program"]
        for program in programs.browse(programs._get_tier_program_ids()):
            scope = SQL(
                "w.id = ANY(%s) AND w.id IN (SELECT wallet_id FROM loyalty_b2b_entry"
                " WHERE id = ANY(%s) AND date_earned IS NOT NULL)",
                list(self.ids),
                entry_ids,
            )
            self._retier(program, scope)

    # === ONE STATEMENT === #

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
        levels = program._get_tier_terms().levels
        return SQL(
            """
            WITH ranked AS MATERIALIZED (%(ranked)s),
            decided AS MATERIALIZED (%(decided)s), granted AS (
                SELECT d.*, (%(ids)s)[d.rank] AS earned, %(until)s AS until,
                       CASE WHEN NOT d.manual_over THEN d.tier_manual_id END AS manual
                  FROM decided d
            ), changed AS (
                SELECT * FROM (
                    SELECT g.*, CASE WHEN ARRAY_POSITION(%(ids)s, g.manual) > g.rank
                                     THEN g.manual ELSE g.earned END AS after
                      FROM granted g) a
                 WHERE cause IS NOT NULL OR manual_over
                    OR after IS DISTINCT FROM tier_id
                    OR until IS DISTINCT FROM tier_until
            ), locked AS (
                SELECT w.id FROM loyalty_b2b_wallet w
                 WHERE w.id IN (SELECT id FROM changed)
                 ORDER BY w.id FOR NO KEY UPDATE
            ), updated AS (
                UPDATE loyalty_b2b_wallet w
                   SET tier_id = c.after, tier_earned_id = c.earned,
                       tier_until = c.until, tier_manual_id = c.manual,
                       tier_since = CASE WHEN c.after IS DISTINCT FROM c.tier_id
                                         THEN %(today)s ELSE w.tier_since END,
                       tier_manual_until = CASE WHEN NOT c.manual_over
                                                THEN w.tier_manual_until END,
                       tier_reason = CASE WHEN NOT c.manual_over
                                          THEN w.tier_reason END
                  FROM changed c JOIN locked ON locked.id = c.id
                 WHERE w.id = c.id RETURNING w.id
            ), noted AS (%(noted)s)
            SELECT c.id, c.tier_id AS before, c.after, c.until
              FROM changed c JOIN updated ON updated.id = c.id ORDER BY c.id
            """,
            ranked=self._get_ranked_sql(program, scope, with_reviews),
            decided=self._get_decided_sql(levels, cause),
            until=self._get_until_sql(program),
            noted=self._get_noted_sql(program),
            ids=SQL("%s::int[]", [level.id for level in levels]),
            today=SQL("%s::date", program._today()),
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

    def _get_decided_sql(self, levels, cause):
        """Return SQL for what becomes of levels: rank, cause and what decided it."""
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

    # === NOTICES === #

    def _notify_tiers(self, program, rows):
        """Tell the people of wallets that their level is another one.

        :param list rows: of `_retier`. What everybody has from joining on is no news.
        """
        levels = program._get_tier_terms().levels
        ranks = {level.id: rank for rank, level in enumerate(levels, 1)}
        today, alike = program._today(), defaultdict(list)
        for row in rows:
            before, after = ranks.get(row["before"], 0), ranks.get(row["after"], 0)
            if after < before:
                alike["tier_lost", row["before"], row["after"], None].append(row["id"])
            elif levels[after - 1].threshold:
                place = "tier_reached", row["after"], row["before"], row["until"]
                alike[place].append(row["id"])
        for (topic, tier_id, other_id, until), ids in alike.items():
            values = {"until": str(until) if until else None}
            if topic == "tier_lost":
                values = {"to_id": other_id}
            self.browse(ids)._notify(
                topic, f"{tier_id}:{today}", tier_id=tier_id, **values
            )

    # === JOB === #

    def _query_tier_wallets(self, program_id, after, limit):
        """Return the wallets of a programme that may have a level, ascending."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_b2b_wallet WHERE program_id = %s AND id > %s"
                " AND state <> 'left' ORDER BY id LIMIT %s",
                program_id,
                after,
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _retier_job(self):
        """Decide on the levels of wallets of one programme, reviews included."""
        self._spare_compilation()
        self._retier(self[:1].program_id, self._get_batch_scope(), with_reviews=True)

    def _raise_job(self):
        """Let wallets of one programme rise to what changed levels give them."""
        self._spare_compilation()
        self._retier(self[:1].program_id, self._get_batch_scope(), cause="terms")

    def _get_batch_scope(self):
        """Return SQL for wallets of a programme that follow each other: of a list,
        PostgreSQL would compare each wallet with each of its ids.
        """
        return SQL("w.id BETWEEN %s AND %s", min(self.ids), max(self.ids))

    @api.model
    def _cron_settle(self):
        super()._cron_settle()
        programs = self.env["loyalty.b2b.program"].sudo()
        for program in programs.search([("tier_changed", "=", True)]):
            if not program._apply_tier_terms():
                return

    def _query_tiers_ending(self, program_id, day, after, limit):
        """Return wallets that are to be told that their level may end, ascending."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT w.id FROM loyalty_b2b_wallet w
             WHERE w.program_id = %(program)s AND w.id > %(after)s
               AND w.state <> 'left' AND w.tier_id = w.tier_earned_id
               AND w.tier_until BETWEEN %(day)s AND %(day)s::date + %(days)s
               AND NOT EXISTS (
                    SELECT FROM loyalty_b2b_notice n
                     WHERE n.wallet_id = w.id AND n.topic = 'tier_ending'
                       AND n.key = w.tier_id || ':' || w.tier_until)
             ORDER BY w.id LIMIT %(limit)s
                """,
                program=program_id,
                day=day,
                days=ENDING_DAYS,
                after=after,
                limit=limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _remind_tier_ending(self):
        """Tell those of the wallets whose level would be lost what is missing."""
        alike = defaultdict(list)
        for wallet_id, found in self._get_tier_progress().items():
            if found["keep_missing"]:
                place = found["tier_id"], found["until"], found["keep_missing"]
                alike[place].append(wallet_id)
        for (tier_id, until, missing), ids in alike.items():
            self.browse(ids)._notify(
                "tier_ending",
                f"{tier_id}:{until}",
                tier_id=tier_id,
                until=str(until),
                missing=float(missing),
            )
