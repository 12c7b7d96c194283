from collections import defaultdict

from odoo import models
from odoo.tools import SQL

from ..tools import periods


class LoyaltyB2bWallet(models.Model):
    """How points end: lots lapse, and a programme closes."""

    _inherit = "loyalty.b2b.wallet"

    def _expire(self, day=None, note=None, everything=False):
        """Take off what has lapsed, lot by lot; one statement for all wallets.

        :param date day: today in the programme's time zone by default.
        :param str note: the reason, if it is not the last day of use.
        :param bool everything: lots that could still be used, too.
        :return: the new entries.
        """
        self._lock()
        self.browse(self._query_to_match())._settle()
        today = self._get_today_sql(SQL("e.program_id"))
        ids = self._query_expire(
            SQL("%s::date", day) if day else today, note, everything
        )
        self.env["loyalty.b2b.allocation"].invalidate_model(flush=False)
        self._invalidate_figures()
        return self.env["loyalty.b2b.entry"].sudo().browse(ids)

    def _query_to_match(self):
        """Return those of the wallets in which settling may have something to do."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT wallet_id FROM loyalty_b2b_entry"
                " WHERE wallet_id = ANY(%s) AND to_settle ORDER BY wallet_id",
                list(self.ids),
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _query_expire(self, today, note, everything):
        """Book, allocate and close, for every lapsed lot of the wallets.

        A lot can lapse again: what is held on its last day may be released later. The
        key tells these apart by the version, which the lock has just counted up.

        :param SQL today: expression of a date over the entry `e`.
        :return: ids of the new entries.
        """
        rows = self.env.execute_query(
            SQL(
                """
            WITH lapsed AS (
                SELECT e.*, %(today)s AS today, w.version
                  FROM loyalty_b2b_entry e
                  JOIN loyalty_b2b_wallet w ON w.id = e.wallet_id
                 WHERE e.wallet_id = ANY(%(ids)s) AND e.state = 'posted'
                   AND e.points > 0 AND e.points_open > 0
                   AND (%(everything)s OR e.date_expiry < %(today)s)
                 ORDER BY e.wallet_id, e.booking
            ), expired AS (
                INSERT INTO loyalty_b2b_entry (
                    wallet_id, program_id, company_id, currency_id, kind, state,
                    points, points_open, date_event, date_booked, booking, key,
                    reversed_entry_id, note, amount, round, awaits_payment, to_settle,
                    user_id, user_name, create_uid, create_date, write_uid, write_date)
                SELECT wallet_id, program_id, company_id, currency_id, 'expire',
                       'posted', -points_open, 0, LEAST(date_expiry, today), today,
                       nextval('loyalty_b2b_booking'),
                       'expire:' || id || ':' || version,
                       id, %(note)s, 0, 0, FALSE, FALSE, %(user)s, %(user_name)s,
                       %(user)s, now() AT TIME ZONE 'UTC',
                       %(user)s, now() AT TIME ZONE 'UTC'
                  FROM lapsed RETURNING id, reversed_entry_id, points
            ), allocated AS (
                INSERT INTO loyalty_b2b_allocation (
                    debit_id, credit_id, points,
                    create_uid, create_date, write_uid, write_date)
                SELECT id, reversed_entry_id, -points,
                       %(user)s, now() AT TIME ZONE 'UTC',
                       %(user)s, now() AT TIME ZONE 'UTC'
                  FROM expired
            )
            UPDATE loyalty_b2b_entry e SET points_open = 0
              FROM expired WHERE e.id = expired.reversed_entry_id
            RETURNING expired.id
                """,
                today=today,
                ids=list(self.ids),
                everything=everything,
                note=note,
                user=self.env.uid,
                user_name=self.env.user.name,
            )
        )
        return sorted(entry_id for (entry_id,) in rows)

    # === LIFTING AN EXPIRY === #

    def _prepare_lifted(self, lots, note, program=None, **values):
        """Give back what expired of lots that a document takes from after all.

        Booked before that debit, and with the old last day: only the debit finds it.
        Otherwise the same points would be lost twice. As when settling, all lots of one
        root stand in for each other.

        :param list lots: (root lot id, last day of use, points that are taken).
        :param str note: the reason, shown in the history.
        :param program: the wallet's programme, where the caller knows it.
        :param values: plain copies of the document.
        :return: rows for `_book`; none where nothing has expired.
        """
        self.ensure_one()
        program = program or self.sudo().program_id
        missing = self._sum_lapsed(lots, program)
        # what is given back is no purchase and no use of points
        values |= {"group_ref": None, "redemption_id": None, "amount": 0}
        values["is_late"] = False
        rows = []
        for root_id, expiry, day_available, origin, expire_id, left, number in (
            self._query_expired(missing) if missing else ()
        ):
            part = min(left, missing[root_id])
            if part <= 0:
                continue
            missing[root_id] -= part
            rows.append(
                self._prepare_entry(
                    "return",
                    part,
                    program,
                    key=f"unexpire:{expire_id}:{number + 1}",
                    reversed_entry_id=expire_id,
                    root_entry_id=root_id,
                    date_available=day_available,
                    date_expiry=expiry,
                    origin=origin,
                    to_settle=True,
                    note=note,
                    **values,
                )
            )
        return rows

    @staticmethod
    def _sum_lapsed(lots, program):
        """Return root lot id → points taken from lots that can be used no more."""
        terms, today = program._get_terms(), program._today()
        is_closed, missing = terms.state == "closed", defaultdict(int)
        for root_id, date_expiry, points in lots:
            # what ends by inactivity has no last day: whether it did is asked
            may_be_over = not date_expiry and terms.expiry.mode == "inactivity"
            is_over = is_closed or periods.is_lapsed(date_expiry or None, today)
            if is_over or may_be_over:
                missing[root_id] += points
        return missing

    def _query_expired(self, root_ids):
        """Return what has expired of lots with these roots.

        :return: list of (root, last day of use, day of availability, origin, expire
            entry, points not given back yet, number of times some were), the oldest
            first.
        """
        return self.env.execute_query(
            SQL(
                """
            SELECT COALESCE(lot.root_entry_id, lot.id), lot.date_expiry,
                   lot.date_available, lot.origin, x.id,
                   (-x.points - COALESCE(SUM(r.points), 0))::bigint, COUNT(r.id)
              FROM loyalty_b2b_entry lot
              JOIN loyalty_b2b_entry x
                ON x.reversed_entry_id = lot.id AND x.kind = 'expire'
              LEFT JOIN loyalty_b2b_entry r ON r.reversed_entry_id = x.id
             WHERE (lot.id = ANY(%(roots)s) OR lot.root_entry_id = ANY(%(roots)s))
               AND x.wallet_id = %(wallet)s
             GROUP BY lot.id, x.id ORDER BY x.id
                """,
                roots=list(root_ids),
                wallet=self.id,
            )
        )

    def _lift_unseen(self, debits, unsettled):
        """Give back what expired at the very moment when a document took it back.

        Neither sees the other; without this the points would be lost twice. No query
        where nothing new takes back points that are gone.

        :param dict debits: wallet id → open `allocation.Debit`s.
        :param list unsettled: ids of the entries booked since the last settling.
        :return: new lot → running number of the booking that it has to precede.
        """
        new = {d.id for found in debits.values() for d in found if d.reverses}
        new &= set(unsettled)
        lifted = {}
        for entry_id, root_id, expiry, points in (
            self._query_unlifted(new) if new else ()
        ):
            entry = self.env["loyalty.b2b.entry"].sudo().browse(entry_id)
            rows = entry.wallet_id._prepare_lifted(
                [(root_id, expiry, points)],
                self.env._("Expired, and taken back with its invoice"),
                **entry._copy_origin(),
            )
            if rows:
                lifted |= dict.fromkeys(self._book(rows).ids, entry.booking)
        return lifted

    def _query_unlifted(self, entry_ids):
        """Return reversals of lots of which something expired that they did not see.

        What a document did see it has given back in its own transaction.

        :return: list of (reversal, root lot, last day of use, points).
        """
        return self.env.execute_query(
            SQL(
                """
            SELECT r.id, root.id, lot.date_expiry,
                   (-r.points - COALESCE(seen.points, 0))::bigint
              FROM loyalty_b2b_entry r
              JOIN loyalty_b2b_entry lot ON lot.id = r.reversed_entry_id
              JOIN loyalty_b2b_entry root
                ON root.id = COALESCE(lot.root_entry_id, lot.id)
             CROSS JOIN LATERAL (
                    SELECT SUM(l.points) AS points FROM loyalty_b2b_entry l
                     WHERE l.root_entry_id = root.id AND l.kind = 'return'
                       AND l.move_ref IS NOT DISTINCT FROM r.move_ref
                       AND l.create_date = r.create_date
                       AND l.key LIKE 'unexpire:%%'
             ) seen
             WHERE r.id = ANY(%s) AND r.kind = 'reversal'
               AND -r.points > COALESCE(seen.points, 0)
               AND EXISTS (SELECT FROM loyalty_b2b_entry x
                             JOIN loyalty_b2b_entry kin ON kin.id = x.reversed_entry_id
                            WHERE x.kind = 'expire' AND x.wallet_id = r.wallet_id
                              AND (kin.id = root.id OR kin.root_entry_id = root.id))
             ORDER BY r.id
                """,
                sorted(entry_ids),
            )
        )

    # === END OF A PROGRAMME === #

    def _close_down(self):
        """End these wallets with their programme, each step by entries that say so.

        What waits is cancelled, holds are released, lots expire, debts are written off.
        """
        note = self.env._("The programme has been closed")
        self._lock()
        self._settle()
        self._release_everything(note)
        entries = self.env["loyalty.b2b.entry"].sudo()
        waiting = entries.search(
            [("wallet_id", "in", self.ids), ("state", "=", "pending")]
        )
        self._cancel_pending(waiting, note)
        self._settle()
        self._expire(note=note, everything=True)
        self._write_off(note)

    def _release_everything(self, note=""):
        """End the quotations' holds, with their discount lines, and open wishes.

        :param str note: why, for who waits for an answer.
        """
        uses = self.env["loyalty.b2b.redemption"].sudo()
        own = [("wallet_id", "in", self.ids)]
        uses.search([*own, ("state", "=", "approve")])._withdraw(reason=note)
        uses.search([*own, ("state", "=", "reserved")])._lapse()

    def _write_off(self, note):
        """Forgive what the wallets owe."""
        rows = []
        for wallet, debits in self._get_open_debits().items():
            rows += [
                wallet._prepare_entry(
                    "adjust",
                    int(debit.points_open),
                    key=f"writeoff:{debit.id}",
                    note=note,
                    to_settle=True,
                )
                for debit in debits
            ]
        self._book(rows)
        self._settle()
