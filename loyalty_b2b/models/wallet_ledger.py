from collections import defaultdict
from dataclasses import replace

from odoo import fields, models
from odoo.tools import SQL

from ..tools import allocation

# Every column of an entry that a verb may fill, with what it is when it does not.
ENTRY_DEFAULTS = {
    "state": "posted",
    "date_available": None,
    "date_expiry": None,
    "reversed_entry_id": None,
    "root_entry_id": None,
    "group_ref": None,
    "awaits_payment": False,
    "to_settle": False,
    "partner_id": None,
    "partner_name": None,
    "contact_id": None,
    "contact_name": None,
    "move_id": None,
    "move_ref": None,
    "move_name": None,
    "order_id": None,
    "order_name": None,
    "redemption_id": None,
    "amount": 0,
    "note": None,
    "origin": None,
    "round": 0,
    "life": None,
    "is_late": False,
    "date_earned": None,
    "turnover": 0,
}


class LoyaltyB2bWallet(models.Model):
    """The only door to the ledger: the verbs that book, hold, use and give back.

    *Documents book*: they only insert entries, so no accounting act waits for a wallet.
    *Acts of choice* (hold, use, expire, transfer, take off) first lock the wallet's
    version and settle what was booked before (DESIGN §4).
    """

    _inherit = "loyalty.b2b.wallet"

    # === LOCKING === #

    def _lock(self):
        """Lock and count up the versions of the wallets, in ascending order.

        The UPDATE is what makes a concurrent act fail and be retried: under
        REPEATABLE READ a lock alone would let both spend the same points.
        """
        self.flush_model()
        self.env.execute_query(
            SQL(
                """
            WITH locked AS (
                SELECT id FROM loyalty_b2b_wallet WHERE id = ANY(%s)
                 ORDER BY id FOR NO KEY UPDATE
            )
            UPDATE loyalty_b2b_wallet w SET version = version + 1
              FROM locked WHERE locked.id = w.id RETURNING w.id
                """,
                list(self.ids),
            )
        )
        self.invalidate_recordset(["version"], flush=False)

    # === BOOKING === #

    def _prepare_entry(self, kind, points, program=None, **values):
        """Return a complete ledger row for this wallet.

        :param str kind: see `loyalty.b2b.entry`.
        :param int points: signed, whole.
        :param program: the wallet's programme, where the caller knows it.
        :param values: columns that differ from the defaults; `key` is required.
        :return: dict of every insertable column.
        """
        self.ensure_one()
        program = program or self.sudo().program_id
        terms, today = program._get_terms(), program._today()
        row = {
            "wallet_id": self.id,
            "program_id": program.id,
            "company_id": terms.company_id,
            "currency_id": terms.currency_id,
            "kind": kind,
            "points": int(points),
            "points_open": abs(int(points)),
            "date_event": today,
            "user_id": self.env.uid,
            **ENTRY_DEFAULTS,
            **values,
        }
        row["date_booked"] = today if row["state"] == "posted" else None
        return row

    def _prepare_expiry(self, day_available, program=None, life=""):
        """Return the dates of a lot that becomes available on a day.

        :param str life: as the rule says that gave the points; '' for the programme's.
        """
        program = program or self.sudo().program_id
        return {
            "date_available": day_available,
            "date_expiry": program._get_lot_expiry(day_available, life),
        }

    def _book(self, rows):
        """Insert entries and wake the settling job; events booked before are skipped.

        :param list rows: complete dicts of `_prepare_entry`.
        :return: the new entries.
        """
        ids = self._book_keys(rows)
        return self.env["loyalty.b2b.entry"].sudo().browse(ids.values())

    def _book_keys(self, rows):
        """Insert entries as `_book` does, and return key → id of the new ones."""
        ids = self.env["loyalty.b2b.entry"].sudo()._insert_entries(rows)
        if any(row["to_settle"] for row in rows):
            self._trigger_settling()
        if ids:
            self._invalidate_figures()
        return ids

    def _explain(self, lines):
        """Insert the why of entries just booked.

        :param list lines: dicts, see `loyalty.b2b.entry.line._insert_lines`.
        """
        self.env["loyalty.b2b.entry.line"].sudo()._insert_lines(lines)

    def _trigger_settling(self):
        """Wake the settling job, once a transaction."""
        data = self.env.cr.precommit.data
        if not data.get("loyalty_b2b.settling"):
            data["loyalty_b2b.settling"] = True
            job = self.env["ir.model.data"]._xmlid_to_res_id(
                "loyalty_b2b.ir_cron_settle"
            )
            # what `_trigger` does, less a query for whether the job is active
            self.env["ir.cron.trigger"].sudo().create(
                {"cron_id": job, "call_at": fields.Datetime.now()}
            )
            self.env.cr.postcommit.add(self.env["ir.cron"].browse(job)._notifydb)

    def _post_pending(self, entries, day=None):
        """Book entries that were waiting, and what waits to take them back.

        Credits become available on their own day, or on `day`. Their last day of use
        counts from there; one that their points had before stays.

        :param entries: pending entries, of any wallets.
        :param date day: in the programme's time zone, today by default.
        """
        alike = entries.sudo().grouped(lambda e: (e.program_id, e.life or ""))
        for (program, life), group in alike.items():
            today = program._today()
            available = day or today
            expiry = program._get_lot_expiry(available, life)
            self._query_post(sorted(group.ids), today, available, expiry)
        self._invalidate_figures()

    def _query_post(self, ids, today, available, expiry):
        """Post waiting entries in the order of their ids, reversals after their lots.

        :param date available: of credits that have no day of their own.
        :param date expiry: last day of use of these; None if they have none.
        """
        self.env.execute_query(
            SQL(
                """
            WITH waiting AS (
                SELECT id, nextval('loyalty_b2b_booking') AS booking FROM (
                    SELECT id FROM loyalty_b2b_entry
                     WHERE state = 'pending'
                       AND (id = ANY(%(ids)s)
                            OR (reversed_entry_id = ANY(%(ids)s)
                                AND kind = 'reversal'))
                     ORDER BY id) ordered
            )
            UPDATE loyalty_b2b_entry e
               SET state = 'posted', date_booked = %(today)s,
                   booking = waiting.booking,
                   to_settle = kind <> 'redeem',
                   write_date = now() AT TIME ZONE 'UTC',
                   date_available = CASE WHEN points > 0
                                    THEN COALESCE(date_available, %(available)s::date)
                                    END,
                   date_expiry = CASE WHEN points <= 0 THEN NULL
                                      WHEN EXISTS (
                                           SELECT FROM loyalty_b2b_entry root
                                            WHERE root.id = e.root_entry_id
                                              AND root.state = 'posted')
                                        OR date_available IS NOT NULL
                                      THEN date_expiry
                                      ELSE COALESCE(date_expiry, %(expiry)s::date)
                                      END
              FROM waiting WHERE waiting.id = e.id AND e.state = 'pending'
            RETURNING e.id
                """,
                ids=ids,
                today=today,
                available=available,
                expiry=expiry,
            )
        )

    def _cancel_pending(self, entries, note=None):
        """Cancel waiting entries; what they held is free again.

        Those that wait no more are left alone.

        :param str note: the reason, shown in the history.
        """
        ids = sorted(entries.ids)
        self.env.execute_query(
            SQL(
                """
            WITH waiting AS (
                SELECT id FROM loyalty_b2b_entry
                 WHERE id = ANY(%(ids)s) AND state = 'pending' FOR UPDATE
            ), freed AS (
                DELETE FROM loyalty_b2b_allocation a USING waiting
                 WHERE a.debit_id = waiting.id
                RETURNING a.credit_id, a.points
            ), total AS (
                SELECT credit_id, SUM(points) AS points FROM freed GROUP BY credit_id
            ), restored AS (
                UPDATE loyalty_b2b_entry e
                   SET points_open = e.points_open + total.points
                  FROM total WHERE e.id = total.credit_id
            )
            UPDATE loyalty_b2b_entry e
               SET state = 'cancelled', points_open = 0, to_settle = FALSE,
                   note = COALESCE(%(note)s, e.note),
                   write_date = now() AT TIME ZONE 'UTC'
              FROM waiting WHERE e.id = waiting.id RETURNING e.id
                """,
                ids=ids,
                note=note,
            )
        )
        self.env["loyalty.b2b.allocation"].invalidate_model(flush=False)
        self._invalidate_figures()

    # === SETTLING === #

    def _settle(self):
        """Match what documents booked with the lots it concerns (DESIGN §4).

        The caller holds the lock. The result does not depend on when it runs.

        :return: dict of wallet id → open `allocation.Lot`s.
        """
        lots, debits, unsettled = self._get_open_items()
        if unsettled and self._settle_groups(unsettled):
            lots, debits, unsettled = self._get_open_items()
        if unsettled and (lifted := self._lift_unseen(debits, unsettled)):
            lots, debits, unsettled = self._get_open_items()
            for found in lots.values():
                found[:] = [
                    replace(lot, booking=lifted.get(lot.id, lot.booking))
                    for lot in found
                ]
        pairs = []
        for wallet_id, wallet_debits in debits.items():
            pairs += allocation.settle(lots[wallet_id], wallet_debits)
        self._allocate(pairs)
        self._mark_settled(unsettled)
        if pairs:
            lots = self._reduce_lots(lots, pairs)
        return lots

    def _settle_groups(self, entry_ids):
        """Book what documents posted at the same moment could not see of each other.

        :param list entry_ids: entries booked since the wallet was last settled.
        :return: True if something was booked.
        """
        return False

    def _get_open_items(self):
        """Read the open posted entries of the wallets.

        :return: lots and debits by wallet id, and the ids of unsettled entries.
        """
        rows = self.env.execute_query(
            SQL(
                """
            SELECT e.id, e.wallet_id, e.points, e.points_open, e.date_expiry, e.booking,
                   COALESCE(e.root_entry_id, e.id), e.date_booked, e.reversed_entry_id,
                   COALESCE(lot.root_entry_id, lot.id), e.to_settle
              FROM loyalty_b2b_entry e
              LEFT JOIN loyalty_b2b_entry lot
                ON lot.id = e.reversed_entry_id AND e.points < 0
             WHERE e.wallet_id = ANY(%(ids)s)
               AND ((e.state = 'posted' AND e.points_open > 0) OR e.to_settle)
             ORDER BY e.booking
                """,
                ids=list(self.ids),
            )
        )
        lots, debits, unsettled = defaultdict(list), defaultdict(list), []
        for row in rows:
            entry_id, wallet_id, points, points_open, expiry, booking = row[:6]
            root, day, reverses, reversed_root, to_settle = row[6:]
            if to_settle:
                unsettled.append(entry_id)
            if booking is None or not points_open:
                continue
            if points > 0:
                lots[wallet_id].append(
                    allocation.Lot(entry_id, points_open, expiry, booking, root, day)
                )
            else:
                debits[wallet_id].append(
                    allocation.Debit(
                        entry_id, points_open, booking, day, reverses, reversed_root
                    )
                )
        return lots, debits, unsettled

    def _reduce_lots(self, lots, pairs):
        """Return `lots` without what `pairs` consume."""
        used = defaultdict(int)
        for _debit, lot, points in pairs:
            used[lot] += points
        return defaultdict(
            list,
            {
                wallet_id: [
                    replace(lot, open=lot.open - used[lot.id])
                    for lot in wallet_lots
                    if lot.open > used[lot.id]
                ]
                for wallet_id, wallet_lots in lots.items()
            },
        )

    def _allocate(self, pairs):
        """Write which points of which lots debits consume.

        :param list pairs: (debit id, lot id, points).
        """
        if not pairs:
            return
        self.env["loyalty.b2b.allocation"].sudo()._insert_rows(
            [
                {"debit_id": debit, "credit_id": lot, "points": points}
                for debit, lot, points in pairs
            ]
        )
        used = defaultdict(int)
        for debit, lot, points in pairs:
            used[debit] += points
            used[lot] += points
        self.env.execute_query(
            SQL(
                """
            UPDATE loyalty_b2b_entry e SET points_open = e.points_open - u.points
              FROM UNNEST(%s::int[], %s::bigint[]) AS u(id, points)
             WHERE e.id = u.id RETURNING e.id
                """,
                list(used),
                list(used.values()),
            )
        )
        self.env["loyalty.b2b.allocation"].invalidate_model(flush=False)
        self._invalidate_figures()

    def _mark_settled(self, entry_ids):
        if entry_ids:
            self.env.execute_query(
                SQL(
                    "UPDATE loyalty_b2b_entry SET to_settle = FALSE"
                    " WHERE id = ANY(%s) RETURNING id",
                    entry_ids,
                )
            )
