from collections import defaultdict

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.tools import SQL, format_date

from ..tools import allocation, periods
from .loyalty_b2b_entry import CREDIT_KINDS

JOB_TRIES = 5

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
    "round": 0,
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

    def _prepare_entry(self, kind, points, **values):
        """Return a complete ledger row for this wallet.

        :param str kind: see `loyalty.b2b.entry`.
        :param int points: signed, whole.
        :param values: columns that differ from the defaults; `key` is required.
        :return: dict of every insertable column.
        """
        self.ensure_one()
        wallet, user = self.sudo(), self.env.user
        program = wallet.program_id
        today = program._today()
        row = {
            "wallet_id": wallet.id,
            "program_id": program.id,
            "company_id": program.company_id.id,
            "currency_id": program.currency_id.id,
            "kind": kind,
            "points": int(points),
            "points_open": abs(int(points)),
            "date_event": today,
            "user_id": user.id,
            "user_name": user.name,
            **ENTRY_DEFAULTS,
            **values,
        }
        row["date_booked"] = today if row["state"] == "posted" else None
        return row

    def _prepare_expiry(self, day_available):
        """Return the dates of a lot that becomes available on a day."""
        months = self.sudo().program_id.expiry_months
        return {
            "date_available": day_available,
            "date_expiry": periods.lot_expiry(day_available, months),
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

    def _trigger_settling(self):
        """Wake the settling job, once a transaction."""
        data = self.env.cr.precommit.data
        if not data.get("loyalty_b2b.settling"):
            data["loyalty_b2b.settling"] = True
            self.env.ref("loyalty_b2b.ir_cron_settle").sudo()._trigger()

    def _post_pending(self, entries, day=None):
        """Book entries that were waiting; they become available on `day`.

        A lot's last day of use counts from there, unless it has one already.

        :param entries: pending entries, of any wallets.
        :param date day: in the programme's time zone, today by default.
        """
        for program, group in entries.sudo().grouped("program_id").items():
            today = program._today()
            available = day or today
            expiry = periods.lot_expiry(available, program.expiry_months)
            self.env.execute_query(
                SQL(
                    """
                UPDATE loyalty_b2b_entry
                   SET state = 'posted', date_booked = %(today)s,
                       booking = nextval('loyalty_b2b_booking'),
                       to_settle = kind <> 'redeem',
                       date_available = CASE WHEN points > 0 THEN %(available)s::date
                                        END,
                       date_expiry = CASE WHEN points > 0 THEN
                                     COALESCE(date_expiry, %(expiry)s::date) END
                 WHERE id = ANY(%(ids)s) AND state = 'pending' RETURNING id
                    """,
                    today=today,
                    available=available,
                    expiry=expiry,
                    ids=sorted(group.ids),
                )
            )
        self._invalidate_figures()

    def _cancel_pending(self, entries):
        """Cancel waiting entries; what they held is free again."""
        ids = sorted(entries.ids)
        self.env.execute_query(
            SQL(
                """
            WITH freed AS (
                DELETE FROM loyalty_b2b_allocation WHERE debit_id = ANY(%(ids)s)
                RETURNING credit_id, points
            ), total AS (
                SELECT credit_id, SUM(points) AS points FROM freed GROUP BY credit_id
            ), restored AS (
                UPDATE loyalty_b2b_entry e
                   SET points_open = e.points_open + total.points
                  FROM total WHERE e.id = total.credit_id
            )
            UPDATE loyalty_b2b_entry
               SET state = 'cancelled', points_open = 0, to_settle = FALSE
             WHERE id = ANY(%(ids)s) AND state = 'pending' RETURNING id
                """,
                ids=ids,
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
            SELECT id, wallet_id, points, points_open, date_expiry, booking,
                   COALESCE(root_entry_id, id), date_booked, reversed_entry_id,
                   to_settle
              FROM loyalty_b2b_entry
             WHERE wallet_id = ANY(%(ids)s)
               AND ((state = 'posted' AND points_open > 0) OR to_settle)
             ORDER BY booking
                """,
                ids=list(self.ids),
            )
        )
        lots, debits, unsettled = defaultdict(list), defaultdict(list), []
        for row in rows:
            entry_id, wallet_id, points, points_open, expiry, booking = row[:6]
            root, day, reverses, to_settle = row[6:]
            if to_settle:
                unsettled.append(entry_id)
            if booking is None or not points_open:
                continue
            if points > 0:
                lots[wallet_id].append(
                    allocation.Lot(entry_id, points_open, expiry, booking, root)
                )
            else:
                debits[wallet_id].append(
                    allocation.Debit(entry_id, points_open, booking, day, reverses)
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
                    allocation.Lot(
                        lot.id, lot.open - used[lot.id], lot.expiry, lot.booking, lot.root
                    )
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

    # === ACTS OF CHOICE === #

    def _take(self, kind, points, key, **values):
        """Take points from the earliest expiring lots (I9), all or nothing.

        :param str kind: `redeem` (state pending makes it a hold), `transfer` …
        :param int points: above 0.
        :return: the debit entry, allocated in full.
        :raises UserError: if the wallet does not have them.
        """
        self.ensure_one()
        self._lock()
        lots = self._settle()[self.id]
        today = self.sudo().program_id._today()
        available = self._get_available_of(lots, today)
        if points > available:
            raise UserError(self._get_short_message(points, available))
        picked = allocation.pick(lots, points, today)
        entry = self._book([self._prepare_entry(kind, -points, key=key, **values)])
        self._allocate([(entry.id, lot, taken) for lot, taken in picked])
        return entry

    def _get_available_of(self, lots, today):
        """Return what the settled wallet has to use; below zero it owes points."""
        usable = sum(
            lot.open for lot in lots if not periods.is_lapsed(lot.expiry, today)
        )
        return usable or self._query_debt()

    def _query_debt(self):
        """Return the open debits of the wallet as points, at most 0."""
        ((debt,),) = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(points_open), 0) FROM loyalty_b2b_entry"
                " WHERE wallet_id = %s AND state = 'posted' AND points_open > 0"
                " AND points < 0",
                self.id,
            )
        )
        return -int(debt)

    def _get_short_message(self, points, available):
        wallet = self.sudo()
        if available < 0:
            return self.env._(
                "%(customer)s owes %(debt)s points, because more was taken back than"
                " was left. Points can be used again once new purchases have covered"
                " them.",
                customer=wallet.partner_id.display_name,
                debt=-available,
            )
        return self.env._(
            "%(customer)s has %(available)s points available and cannot use"
            " %(points)s.",
            customer=wallet.partner_id.display_name,
            available=available,
            points=points,
        )

    def _hold(self, points, key, **values):
        """Hold points for a quotation: as good as used, until consumed or released.

        :return: the pending entry; its allocations fix the lots.
        """
        return self._take("redeem", points, key, state="pending", **values)

    def _consume(self, holds):
        """Use what is held, for any number of wallets."""
        holds.wallet_id._lock()
        self._post_pending(holds)

    def _release(self, holds):
        """Free what is held; what is owed meanwhile takes it at once."""
        wallets = holds.wallet_id
        wallets._lock()
        self._cancel_pending(holds)
        wallets._settle()

    def _force_redeem(self, points, key, **values):
        """Use points that may be gone: what is missing becomes a debt.

        For documents that may not fail because of points: a paid order, an invoice
        that invoices a redemption again.
        """
        row = self._prepare_entry(
            "redeem", -points, key=key, to_settle=True, **values
        )
        return self._book([row])

    def _give_back(self, redeem, points, key, **values):
        """Return used points to the lots they came from, the last consumed first.

        Only inserts: one new lot per consumed lot, with its last day of use (I10).

        :param redeem: a posted entry of kind `redeem`.
        :param int points: above 0; the caller knows what was returned before.
        :param str key: of the event; each lot gets a suffix.
        :return: the new entries.
        """
        self.ensure_one()
        redeem = redeem.sudo()
        consumed = [
            (part.credit_id.id, int(part.points))
            for part in redeem.credit_allocation_ids.sorted("id")
        ]
        returned = self._query_returned(redeem)
        parts = allocation.returned_lots(consumed, returned, points)
        rest = points - sum(part for _lot, part in parts)
        if rest:
            # what was used on credit: it pays the debt it made
            parts.append((None, rest))
        lots = self.env["loyalty.b2b.entry"].sudo()
        rows = []
        for number, (lot_id, part) in enumerate(parts):
            lot = lots.browse(lot_id)
            rows.append(
                self._prepare_entry(
                    "return",
                    part,
                    key=f"{key}:{number}",
                    reversed_entry_id=redeem.id,
                    root_entry_id=(lot.root_entry_id or lot).id or None,
                    date_available=lot.date_available or redeem.date_booked,
                    date_expiry=lot.date_expiry or None,
                    to_settle=True,
                    **values,
                )
            )
        return self._book(rows)

    def _query_returned(self, redeem):
        """Return root lot id → points that earlier returns of `redeem` gave back."""
        rows = self.env["loyalty.b2b.entry"]._read_group(
            [("reversed_entry_id", "=", redeem.id), ("kind", "=", "return")],
            ["root_entry_id"],
            ["points:sum"],
        )
        return {root.id: int(points) for root, points in rows}

    def _expire(self, day=None):
        """Take off what lapsed before `day`, lot by lot.

        :param date day: today in the programme's time zone by default.
        :return: the new entries.
        """
        self._lock()
        lots = self._settle()
        rows = []
        for wallet in self:
            today = day or wallet.sudo().program_id._today()
            for lot in lots[wallet.id]:
                if periods.is_lapsed(lot.expiry, today):
                    rows.append(
                        wallet._prepare_entry(
                            "expire",
                            -lot.open,
                            # the lock has just counted the version up
                            key=f"expire:{lot.id}:{wallet.version}",
                            reversed_entry_id=lot.id,
                            date_event=lot.expiry,
                        )
                    )
        entries = self._book(rows)
        self._allocate(
            [(e.id, e.reversed_entry_id.id, -int(e.points)) for e in entries]
        )
        return entries

    def _adjust(self, points, key, note, **values):
        """Correct a balance by hand, with a reason.

        :param int points: signed; taking off more than there is makes a debt (I4).
        :param str note: the reason, shown in the history.
        """
        self.ensure_one()
        if points > 0:
            today = self.sudo().program_id._today()
            values = {**self._prepare_expiry(today), **values}
        self._lock()
        entry = self._book(
            [
                self._prepare_entry(
                    "adjust", points, key=key, note=note, to_settle=True, **values
                )
            ]
        )
        self._settle()
        return entry

    def _transfer(self, target, points, key, note):
        """Move points to another wallet of the programme, lot by lot (I10).

        :param target: wallet that receives them, with their last days of use.
        :return: the entries of both sides.
        """
        self.ensure_one()
        target.ensure_one()
        if target == self or target.program_id != self.program_id:
            raise UserError(
                self.env._(
                    "Points of %(customer)s can only be moved to another wallet of the"
                    " same programme.",
                    customer=self.partner_id.display_name,
                )
            )
        (self | target)._lock()
        taken = self._take("transfer", points, f"{key}:out", note=note)
        rows = []
        for number, part in enumerate(taken.credit_allocation_ids.sorted("id")):
            lot = part.credit_id
            rows.append(
                target._prepare_entry(
                    "transfer",
                    part.points,
                    key=f"{key}:in:{number}",
                    note=note,
                    reversed_entry_id=taken.id,
                    root_entry_id=(lot.root_entry_id or lot).id,
                    date_available=lot.date_available or None,
                    date_expiry=lot.date_expiry or None,
                    to_settle=True,
                )
            )
        return taken | self._book(rows)

    def _merge(self, source):
        """Take over everything of a duplicate: entries move as they are (DESIGN §4).

        :param source: wallet of the same programme; ends as *Left*, empty.
        """
        self.ensure_one()
        source.ensure_one()
        (self | source)._lock()
        (self | source)._settle()
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_entry SET wallet_id = %s WHERE wallet_id = %s"
                " RETURNING id",
                self.id,
                source.id,
            )
        )
        source.participant_ids.wallet_id = self
        name = source.partner_id.display_name
        self._book(
            [
                self._prepare_entry(
                    "adjust",
                    0,
                    key=f"merge:{source.id}",
                    note=self.env._("Merged with the wallet of %(name)s", name=name),
                )
            ]
        )
        source.write({"state": "left", "merged_into_id": self.id})
        (self | source)._settle()
        self._invalidate_figures()

    def _open_balance(self, points, key, **values):
        """Book an opening balance or bonus lot that no document explains."""
        self.ensure_one()
        kind = values.pop("kind", "opening")
        if kind not in CREDIT_KINDS:
            raise ValueError(kind)
        day = values.get("date_available") or self.sudo().program_id._today()
        row = self._prepare_entry(
            kind, points, key=key, to_settle=True, **{**self._prepare_expiry(day), **values}
        )
        return self._book([row])

    # === STATE OF THE WALLET === #

    def _get_use_refusal(self):
        """Return why nobody may use this wallet now, or an empty string."""
        self.ensure_one()
        wallet = self.sudo()
        customer = wallet.partner_id.display_name
        if wallet.is_control:
            return self.env._("%(customer)s does not take part.", customer=customer)
        if wallet.state != "active":
            return self.env._(
                "The wallet of %(customer)s is not active, so its points cannot be"
                " used.",
                customer=customer,
            )
        if not wallet.partner_id.active:
            return self.env._(
                "%(customer)s is archived, so its points cannot be used.",
                customer=customer,
            )
        return wallet.program_id._get_use_refusal()

    # === JOBS === #

    @api.model
    def _cron_settle(self):
        """Settle wallets with new bookings, in batches of one transaction each."""
        while True:
            ids = self._query_unsettled(limit=200)
            if not ids:
                return
            self._run_batch(ids, "_settle_job")
            if not self.env["ir.cron"]._commit_progress(
                len(ids), remaining=len(self._query_unsettled(limit=1000))
            ):
                return

    def _settle_job(self):
        self._lock()
        self._settle()

    @api.model
    def _run_batch(self, ids, verb):
        """Run one verb on wallets in a transaction of its own, with retries.

        Odoo retries requests that lose a race, but not jobs.

        :param list ids: of wallets.
        :param str verb: name of a method that locks first.
        """
        for attempt in range(JOB_TRIES):
            try:
                getattr(self.browse(ids), verb)()
                self.env.flush_all()
                return
            except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
                self.env.cr.rollback()
                self.env.invalidate_all(flush=False)
                if attempt == JOB_TRIES - 1:
                    raise

    @api.model
    def _query_unsettled(self, limit):
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT wallet_id FROM loyalty_b2b_entry WHERE to_settle"
                " ORDER BY wallet_id LIMIT %s",
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _format_day(self, day):
        return format_date(self.env, fields.Date.to_date(day))
