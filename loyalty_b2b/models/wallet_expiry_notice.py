from datetime import timedelta

from odoo import models
from odoo.tools import SQL, format_date

# Points of whose end nobody was told stay usable for so many days more.
PROLONG_DAYS = 14
TOLD = ("sent", "shown")


class LoyaltyB2bWallet(models.Model):
    """No points end of whose end nobody was told, where customers are told at all."""

    _inherit = "loyalty.b2b.wallet"

    _merged_idx = models.Index("(merged_into_id) WHERE merged_into_id IS NOT NULL")

    # === TELLING IN TIME === #

    def _query_expiring(self, program_id, day, after, limit):
        """Return wallets whose people are to be told that points expire, ascending."""
        self.env.flush_all()
        scope = SQL("e.program_id = %s AND e.wallet_id > %s", program_id, after)
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT wallet_id FROM (%s) untold"
                " ORDER BY wallet_id LIMIT %s",
                self._get_untold_sql(scope),
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _announce_expiry(self, days=0):
        """Queue a notice for each last day of use of which the wallets are to be told.

        :param int days: look so far ahead at least, whatever the programme says.
        """
        self.env["loyalty.b2b.notice"].flush_model()
        self.env.execute_query(
            SQL(
                """
            INSERT INTO loyalty_b2b_notice (
                wallet_id, program_id, company_id, topic, key, data, state, date_due,
                date_last, booking, create_uid, create_date, write_uid, write_date)
            SELECT wallet_id, program_id, company_id, 'expiring', day || ':' || today,
                   JSONB_BUILD_OBJECT('points', points), 'waiting', today, day, booking,
                   %(user)s, now() AT TIME ZONE 'UTC',
                   %(user)s, now() AT TIME ZONE 'UTC'
              FROM (%(untold)s) untold
            ON CONFLICT (wallet_id, topic, key) DO NOTHING RETURNING id
                """,
                untold=self._get_untold_sql(
                    SQL("e.wallet_id = ANY(%s)", list(self.ids)), days
                ),
                user=self.env.uid,
            )
        )
        self.env["loyalty.b2b.notice"].invalidate_model()

    def _get_untold_sql(self, scope, days=0):
        """Return SQL for the last days of use of which customers are to be told now.

        Told twice, as the programme says; and once more if points with the same last
        day came in since. Rows: wallet_id, program_id, company_id, day, today, points,
        booking (of the newest lot, or of the lot it comes from).

        :param SQL scope: condition on the entry `e`.
        :param int days: look so far ahead at least.
        """
        return SQL(
            """
            SELECT ends.* FROM (
                SELECT e.wallet_id, e.program_id, e.company_id, e.date_expiry AS day,
                       %(today)s AS today, p.notice_days_second AS second,
                       SUM(e.points_open)::bigint AS points,
                       MAX(%(booking)s) AS booking
                  FROM loyalty_b2b_entry e
                  JOIN loyalty_b2b_program p ON p.id = e.program_id
                  JOIN loyalty_b2b_wallet w ON w.id = e.wallet_id
                  LEFT JOIN loyalty_b2b_entry root
                    ON root.id = e.root_entry_id AND root.wallet_id = e.wallet_id
                 WHERE %(scope)s AND p.notices AND w.state <> 'left'
                   AND e.state = 'posted' AND e.points_open > 0 AND e.points > 0
                   AND e.date_expiry >= %(today)s
                   AND e.date_expiry
                       <= %(today)s + GREATEST(p.notice_days_first, %(days)s)
                 GROUP BY e.wallet_id, e.program_id, e.company_id, e.date_expiry, p.id
            ) ends
            LEFT JOIN LATERAL (
                SELECT MAX(n.booking) AS booking, MAX(n.date_due) AS due
                  FROM loyalty_b2b_notice n
                 WHERE n.wallet_id = ends.wallet_id AND n.topic = 'expiring'
                   AND n.date_last = ends.day AND n.state <> 'cancelled'
            ) told ON TRUE
            WHERE told.due IS NULL OR ends.booking > told.booking
               OR (ends.today >= ends.day - ends.second
                   AND told.due < ends.day - ends.second)
            """,
            today=self._get_today_sql(SQL("e.program_id")),
            booking=self._get_told_booking_sql(),
            scope=scope,
            days=days,
        )

    def _get_told_booking_sql(self):
        """Return SQL for the booking by which a lot `e` is known to its customer.

        That of its `root` if it is of the same wallet: points given back are no news.
        Points that came from another wallet are, and so are prolonged ones: their last
        day is not that of the root, which notices of it may never have mentioned.
        """
        return SQL(
            """
            CASE WHEN root.id IS NULL THEN e.booking ELSE COALESCE((
                SELECT MAX(p.booking) FROM loyalty_b2b_entry p
                 WHERE p.root_entry_id = root.id AND p.wallet_id = e.wallet_id
                   AND p.key LIKE 'prolong:%%:in' AND p.date_expiry = e.date_expiry
                   AND p.booking <= e.booking), root.booking) END
            """
        )

    # === WHAT NOBODY WAS TOLD OF === #

    def _expire_told(self):
        """Expire what has lapsed, but prolong first that of which nobody was told."""
        self._lock()
        self.browse(self._query_to_match())._settle()
        self._prolong()
        self._expire()

    def _prolong(self):
        """Move what lapsed without notice to lots that end later, and tell of them.

        The one thing that makes points usable for longer (DESIGN I10): the new lot
        keeps root and origin, so whatever takes the points back finds it first. The
        caller holds the lock.

        :return: the new entries, two for each lot.
        """
        lots = self._query_lapsed_untold()
        if not lots:
            return self.env["loyalty.b2b.entry"].sudo()
        outs, ins = [], []
        for lot in lots:
            key = f"prolong:{lot['id']}:{lot['version']}"
            wallet = self.browse(lot["wallet_id"]).with_prefetch(self.ids)
            day = wallet._get_prolonged_day()
            values = {"note": wallet._get_prolonged_note(day)}
            points, name = int(lot["points_open"]), "transfer"
            outs.append(
                wallet._prepare_entry(name, -points, key=f"{key}:out", **values)
            )
            ins.append(
                wallet._prepare_entry(
                    name,
                    points,
                    key=f"{key}:in",
                    root_entry_id=lot["root"],
                    date_available=lot["date_available"],
                    date_expiry=day,
                    origin=lot["origin"],
                    **values,
                )
            )
        return self._book_prolonged(lots, outs, ins)

    def _book_prolonged(self, lots, outs, ins):
        """Book the pairs of entries and queue their notices."""
        taken = self._book_keys(outs)
        for row, out in zip(ins, outs, strict=True):
            row["reversed_entry_id"] = taken[out["key"]]
        given = self._book_keys(ins)
        self._allocate(
            [
                (taken[out["key"]], lot["id"], int(lot["points_open"]))
                for lot, out in zip(lots, outs, strict=True)
            ]
        )
        wallets = self.browse({row["wallet_id"] for row in ins})
        wallets._announce_expiry(PROLONG_DAYS)
        entries = self.env["loyalty.b2b.entry"].sudo()
        return entries.browse([*taken.values(), *given.values()])

    def _get_prolonged_sql(self):
        """Return SQL for the entries that let a lot `e` live longer than its `root`.

        Each gives what its own debit took, in the same wallet.
        """
        return SQL(
            """
            SELECT FROM loyalty_b2b_entry p
              JOIN loyalty_b2b_entry out ON out.id = p.reversed_entry_id
             WHERE p.root_entry_id = root.id AND p.kind = 'transfer'
               AND p.key LIKE 'prolong:%%' AND p.date_expiry >= e.date_expiry
               AND p.booking <= e.booking
               AND out.kind = 'transfer' AND out.points = -p.points
               AND out.key LIKE 'prolong:%%'
            """
        )

    def _get_prolonged_day(self):
        """Return until when points can be used whose end was not told."""
        program = self.sudo().program_id
        day = program._today() + timedelta(days=PROLONG_DAYS)
        if program.state == "closing" and program.date_last_use:
            # told with the closing; nothing outlives the programme
            day = max(program._today(), min(day, program.date_last_use))
        return day

    def _get_prolonged_note(self, day):
        """Return the note of a prolonged lot, in the language of the company."""
        company = self.sudo().company_id
        reader = self.with_context(lang=company.partner_id.lang or self.env.lang)
        return reader.env._(
            "No notice had been sent: usable until %(day)s",
            day=format_date(reader.env, day),
        )

    def _get_told_until_sql(self, wallet):
        """Return SQL for the newest booking that was told in time of a last day.

        Of the lot `e`; a subquery of a value, which is looked up by index for each.

        :param SQL wallet: condition on the notice `n`.
        """
        return SQL(
            "(SELECT MAX(n.booking) FROM loyalty_b2b_notice n"
            " WHERE %s AND n.topic = 'expiring' AND n.date_last = e.date_expiry"
            " AND n.state = ANY(%s) AND n.date_told <= n.date_last)",
            wallet,
            list(TOLD),
        )

    def _query_lapsed_untold(self):
        """Return the lapsed lots of the wallets of whose end nobody was told in time.

        Customers who left are told nothing, and could use nothing.

        :return: list of dicts (id, root, points_open …) in the order of booking.
        """
        self.env["loyalty.b2b.notice"].flush_model()
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT e.id, e.wallet_id, COALESCE(e.root_entry_id, e.id) AS root,
                   e.points_open, e.date_available, e.origin, w.version
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_wallet w ON w.id = e.wallet_id
              LEFT JOIN loyalty_b2b_entry root
                ON root.id = e.root_entry_id AND root.wallet_id = e.wallet_id
             WHERE e.wallet_id = ANY(%(ids)s) AND w.state <> 'left'
               AND e.state = 'posted' AND e.points > 0 AND e.points_open > 0
               AND e.date_expiry < %(today)s
               AND COALESCE(GREATEST(%(own)s, %(merged)s), -1) < %(booking)s
             ORDER BY e.wallet_id, e.booking
                """,
                ids=list(self.ids),
                today=self._get_today_sql(SQL("e.program_id")),
                own=self._get_told_until_sql(SQL("n.wallet_id = e.wallet_id")),
                merged=self._get_told_until_sql(
                    SQL(
                        "n.wallet_id IN (SELECT m.id FROM loyalty_b2b_wallet m"
                        " WHERE m.merged_into_id = e.wallet_id)"
                    )
                ),
                booking=self._get_told_booking_sql(),
            )
        )
