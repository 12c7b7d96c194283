from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import allocation, periods
from .loyalty_b2b_entry import CREDIT_KINDS


class LoyaltyB2bWallet(models.Model):
    """Acts of choice: each locks the wallet's version and settles it first."""

    _inherit = "loyalty.b2b.wallet"

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
        if self._is_inactive(today):
            lots = []  # lapsed, though the job has not run
        available = self._get_available_of(lots, today)
        if points > available:
            raise UserError(self._get_short_message(points, available))
        picked = allocation.pick(lots, points, today)
        entry = self._book([self._prepare_entry(kind, -points, key=key, **values)])
        if not entry:
            # the same event came in twice
            return self.env["loyalty.b2b.entry"].sudo().search([("key", "=", key)])
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
        wallets._settle()
        self._cancel_pending(holds)
        wallets._settle()

    def _force_redeem(self, points, key, **values):
        """Use points that may be gone: what is missing becomes a debt.

        For documents that may not fail because of points: a paid order, an invoice
        that invoices a redemption again.
        """
        return self._book([self._prepare_forced(points, key, **values)])

    def _prepare_forced(self, points, key, **values):
        return self._prepare_entry("redeem", -points, key=key, to_settle=True, **values)

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
        consumed = self._get_consumed(redeem)
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
                    date_expiry=redeem._get_return_expiry(lot),
                    origin=lot.origin or None,
                    to_settle=True,
                    **values,
                )
            )
        return self._book(rows)

    def _get_consumed(self, redeem):
        """Return (first lot, points) that a debit consumed, in this order.

        What is not settled yet counts as if it were, so that nothing depends on when
        the job runs; nothing is written.
        """
        parts = [
            (part.credit_id, int(part.points))
            for part in redeem.credit_allocation_ids.sorted("id")
        ]
        if redeem.points_open:
            lots, debits, _unsettled = self._get_open_items()
            pairs = allocation.settle(lots[self.id], debits[self.id])
            parts += [
                (redeem.browse(lot), points)
                for debit, lot, points in pairs
                if debit == redeem.id
            ]
        return [((lot.root_entry_id or lot).id, points) for lot, points in parts]

    def _query_returned(self, redeem):
        """Return root lot id → points that earlier returns of `redeem` gave back."""
        rows = self.env["loyalty.b2b.entry"]._read_group(
            [("reversed_entry_id", "=", redeem.id), ("kind", "=", "return")],
            ["root_entry_id"],
            ["points:sum"],
        )
        return {root.id: int(points) for root, points in rows}

    def _adjust(self, points, key, note, **values):
        """Correct a balance by hand, with a reason.

        :param int points: signed; taking off more than there is makes a debt (I4).
        :param str note: the reason, shown in the history.
        """
        self.ensure_one()
        today = self.sudo().program_id._today()
        self._lock()
        if points > 0:
            values = {**self._prepare_expiry(today), "to_settle": True, **values}
            lots = []
        else:
            lots = self._settle()[self.id]
        row = self._prepare_entry("adjust", points, key=key, note=note, **values)
        entry = self._book([row])
        if entry and points > 0:
            self._settle()
        elif entry:
            # what the lots do not cover is owed
            taken = min(-points, max(0, self._get_available_of(lots, today)))
            picked = allocation.pick(lots, taken, today)
            self._allocate([(entry.id, lot, part) for lot, part in picked])
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
                    origin=lot.origin or None,
                    to_settle=True,
                )
            )
        moved = self._book(rows)
        target._settle()
        return taken | moved

    def _merge(self, source):
        """Take over everything of a duplicate: entries move as they are (DESIGN §4).

        :param source: wallet of the same programme; ends as *Left*, empty.
        """
        self.ensure_one()
        source.ensure_one()
        self._check_merge(source)
        (self | source)._lock()
        (self | source)._settle()
        self._take_over(source)
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
        earlier = self.sudo().search([("merged_into_id", "=", source.id)])
        (earlier | source).merged_into_id = self
        source.state = "left"
        self._settle()

    def _check_merge(self, source):
        """Refuse to merge what does not belong together.

        :raises UserError: with the name of the wallet.
        """
        if (
            source == self
            or source.program_id != self.program_id
            or (self | source).merged_into_id
        ):
            raise UserError(
                self.env._(
                    "The wallet of %(customer)s can only be merged with another wallet"
                    " of the same programme that was not merged before.",
                    customer=source.partner_id.display_name,
                )
            )

    def _take_over(self, source):
        """Re-label entries and uses of points of other wallets as this wallet's."""
        for table in ("loyalty_b2b_entry", "loyalty_b2b_redemption"):
            self.env.execute_query(
                SQL(
                    "UPDATE %s SET wallet_id = %s WHERE wallet_id = ANY(%s)"
                    " RETURNING id",
                    SQL.identifier(table),
                    self.id,
                    source.ids,
                )
            )
        self.env["loyalty.b2b.redemption"].invalidate_model(["wallet_id"], flush=False)
        self.env["loyalty.b2b.counter"].sudo()._join_counters(source.ids, self.id)
        self._invalidate_figures()

    def _open_balance(self, points, key, **values):
        """Book an opening balance or bonus lot that no document explains."""
        self.ensure_one()
        kind = values.pop("kind", "opening")
        if kind not in CREDIT_KINDS:
            raise ValueError(kind)
        day = values.get("date_available") or self.sudo().program_id._today()
        row = self._prepare_entry(
            kind,
            points,
            key=key,
            to_settle=True,
            **{**self._prepare_expiry(day), **values},
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
        return wallet.program_id._get_use_refusal() or wallet._get_overdue_refusal()
