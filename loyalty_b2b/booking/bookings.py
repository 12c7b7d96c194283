from collections import defaultdict
from dataclasses import replace

from odoo.tools import SQL

from ..tools import engine, group, periods


class Rounds:
    """Numbers the bookings of documents: a round each time, a number within it (I6)."""

    def __init__(self, groups):
        self._groups = groups
        self._rounds, self._numbers = {}, defaultdict(int)

    def take(self, move_id):
        """Return the (round, number) of the next entry of a document."""
        if move_id not in self._rounds:
            self._rounds[move_id] = max(
                (found.next_round(move_id) for found in self._groups), default=1
            )
        self._numbers[move_id] += 1
        return self._rounds[move_id], self._numbers[move_id]


class Bookings:
    """Collects entries and their why, and inserts them with two queries."""

    def __init__(self, wallets, groups=None):
        """Collect bookings for groups.

        :param wallets: `loyalty.b2b.wallet` in sudo, any records.
        :param dict groups: (wallet id, group) → `group.Group`, as booked before.
        """
        self.wallets = wallets
        self.env = wallets.env
        self.programs = self.env["loyalty.b2b.program"]
        self.groups = groups if groups is not None else {}
        self.pending = False
        self._entries, self._lines, self._fresh = [], [], {}
        self._names = {}
        self._program_ids = {}
        # rounds go by what was booked before
        self._rounds = Rounds([*self.groups.values()])

    def name_lines(self, moves):
        """Read how the lines of documents are called, to explain them by name."""
        lines = moves._query_loyalty_b2b_lines()
        for move in moves:
            for row in lines[move.id]:
                named = {**row, "currency_id": move.currency_id.id}
                self._names[f"aml:{row['id']}"] = named

    def _program_of(self, wallet_id):
        """Return the programme of a wallet, without a query where it is known."""
        if wallet_id not in self._program_ids:
            wallet = self.wallets.browse(wallet_id)
            self._program_ids[wallet_id] = wallet.program_id.id
        return self.programs.browse(self._program_ids[wallet_id])

    def annul(self, found, move, rows):
        """Book that a document no longer counts."""
        new = engine.annul(rows)
        if not new:
            return
        values = self._move_values(move, found.ref)
        if found.counts:
            difference = found.difference(new)
        else:
            difference = -sum(e.points for e in found.entries if e.move == move.id)
        if difference < 0:
            self._take_back(found, -difference, new, values, frozenset({move.id}))
        else:
            self._credit(found, "earn", difference, new, values)
        found.add_rows(move.id, new)

    def level(self, found):
        """Book what a group is missing or has too much."""
        difference = found.difference()
        if not difference:
            return
        move_id = next(entry.move for entry in reversed(found.entries) if entry.move)
        move = self.env["account.move"].browse(move_id).exists()
        values = self._move_values(move, found.ref)
        values["note"] = self.env._("Counted together with other documents")
        if difference < 0:
            self._take_back(found, -difference, [], values, frozenset())
        else:
            self._credit(found, "earn", difference, [], values)

    # === BOOKING === #

    def _credit(self, found, kind, points, rows, values):
        wallet = self.wallets.browse(found.wallet)
        turn, number = self._rounds.take(values["move_ref"])
        program = self._program_of(found.wallet)
        dates = self._get_lot_dates(found, wallet, rows, values)
        waits = program._get_terms().activation == "payment" and kind == "earn"
        if waits and not dates.get("root_entry_id"):
            dates = {"state": "pending"}
            self.pending = True
        self._add_entry(
            found,
            wallet._prepare_entry(
                kind,
                points,
                program,
                key=f"earn:{values['move_ref']}:{turn}:{number}",
                round=turn,
                awaits_payment=waits,
                to_settle=True,
                **{**values, **dates},
            ),
            rows,
        )

    def _get_lot_dates(self, found, wallet, rows, values):
        """Return the dates of a new lot; what is given back keeps its old ones."""
        is_sale = any(row.part == "line" and row.base > 0 for row in rows)
        lots = [entry for entry in found.entries if entry.points > 0]
        if is_sale or not lots:
            program = self._program_of(found.wallet)
            return wallet._prepare_expiry(values["date_event"], program)
        lot = lots[-1]
        return {
            "state": lot.state if lot.state != "cancelled" else "posted",
            "root_entry_id": lot.root or lot.id,
            "date_available": lot.date_available,
            "date_expiry": lot.date_expiry,
        }

    def _take_back(self, found, points, rows, values, moves):
        """Book reversals, each of one lot, explained by the document's rows."""
        if self._is_fresh(found):
            self.insert()
        wallet = self.wallets.browse(found.wallet)
        program = self._program_of(found.wallet)
        parts = found.take_back(points, moves)
        explained = self._share_rows(found, rows, parts)
        for (lot, part), lot_rows in zip(parts, explained, strict=True):
            state = lot.state if lot.state == "pending" else "posted"
            if periods.is_lapsed(lot.date_expiry, program._today()):
                # booked first, so that the reversal finds it when settling
                self._undo_expiry(found, wallet, lot, part, values)
            self._add_entry(
                found,
                wallet._prepare_entry(
                    "reversal",
                    -part,
                    program,
                    key=f"reverse:{lot.id}:{found.reversals(lot) + 1}",
                    state=state,
                    reversed_entry_id=lot.id,
                    awaits_payment=lot.awaits_payment,
                    to_settle=True,
                    **values,
                ),
                lot_rows,
            )

    def _undo_expiry(self, found, wallet, lot, points, values):
        """Give back what expired of a lot that is taken back: not to take it twice."""
        for expire_id, expired, returns in self._query_expired(lot.id):
            part = min(points, expired)
            points -= part
            if part > 0:
                self._add_entry(
                    found,
                    wallet._prepare_entry(
                        "return",
                        part,
                        key=f"unexpire:{expire_id}:{returns + 1}",
                        reversed_entry_id=expire_id,
                        root_entry_id=lot.root or lot.id,
                        date_available=lot.date_available,
                        date_expiry=lot.date_expiry,
                        to_settle=True,
                        note=self.env._("Expired, and taken back with its invoice"),
                        **{**values, "group_ref": None},
                    ),
                    [],
                )

    def _query_expired(self, lot_id):
        """Return (expire entry, points not given back yet, number of returns)."""
        return self.env.execute_query(
            SQL(
                """
            SELECT x.id, (-x.points - COALESCE(SUM(r.points), 0))::bigint, COUNT(r.id)
              FROM loyalty_b2b_entry x
              LEFT JOIN loyalty_b2b_entry r ON r.reversed_entry_id = x.id
             WHERE x.reversed_entry_id = %s AND x.kind = 'expire'
             GROUP BY x.id ORDER BY x.id
                """,
                lot_id,
            )
        )

    def _share_rows(self, found, rows, parts):
        """Part the rows among several reversals: each goes with the lot it corrects."""
        if len(parts) < 2:
            return [rows] * len(parts)
        lot_of = {}
        for index, (lot, _points) in enumerate(parts):
            for row in found.moves.get(lot.move or 0, ()):
                lot_of.setdefault(row.key, index)
        shared = [[] for _part in parts]
        for row in rows:
            shared[lot_of.get(row.key, 0)].append(row)
        return shared

    # === ROWS OF THE LEDGER === #

    def _move_values(self, move, ref):
        owner = move.partner_id._get_loyalty_b2b_owner()
        return {
            "date_event": move.invoice_date or move.date,
            "group_ref": ref,
            "partner_id": owner.id,
            "partner_name": owner.display_name,
            "contact_id": move.partner_id.id,
            "contact_name": move.partner_id.display_name,
            "move_id": move.id,
            "move_ref": move.id,
            "move_name": move.name,
        }

    def _is_fresh(self, found):
        return any(entry.id < 0 for entry in found.entries)

    def _add_entry(self, found, row, rows):
        """Remember an entry; until it is inserted its id is a negative number."""
        self._entries.append(row)
        booked = group.Booked(
            id=-len(self._entries),
            kind=row["kind"],
            state=row["state"],
            points=row["points"],
            move=row["move_ref"],
            reverses=row["reversed_entry_id"],
            root=row["root_entry_id"],
            round=row["round"],
            awaits_payment=row["awaits_payment"],
            date_available=row["date_available"],
            date_expiry=row["date_expiry"],
        )
        self._fresh[row["key"]] = booked
        found.entries.append(booked)
        self._lines.append((row["key"], rows, row["points"]))

    def insert(self):
        """Insert what was collected.

        :return: key → id of the new entries.
        """
        ids = self.wallets._book_keys(self._entries)
        lines = []
        for key, rows, points in self._lines:
            self._fresh[key].id = ids.get(key, self._fresh[key].id)
            if key in ids:
                lines += self._prepare_lines(ids[key], rows, points)
        self.wallets._explain(lines)
        self._entries, self._lines, self._fresh = [], [], {}
        return ids

    def _prepare_lines(self, entry_id, rows, points):
        """Return explanation lines that sum to the points of their entry (I8)."""
        if not rows:
            return [self._prepare_memo(entry_id, points)] if points else []
        shares = engine.explained(rows, points)
        return [
            self._prepare_line(entry_id, row, share)
            for row, share in zip(rows, shares, strict=True)
        ]

    def _prepare_line(self, entry_id, row, points):
        named = self._names.get(row.source) or self._names.get(row.key) or {}
        move_line_id = named.get("id")
        return {
            "entry_id": entry_id,
            "name": named.get("name"),
            "part": row.part,
            "key": row.key,
            "source": row.source,
            "move_line_id": move_line_id,
            "order_line_ref": row.order_line,
            "product_id": named.get("product_id"),
            "product_ref": row.product,
            "rule_ref": row.rule,
            "rule_root": row.root,
            "rule_version": row.version,
            "effect": row.effect,
            "rate_points": row.points,
            "rate_amount": str(row.per),
            "base": str(row.base),
            "base_currency_id": named.get("currency_id"),
            "amount": str(row.amount),
            "points": points,
            "reason": row.reason or None,
        }

    def _prepare_memo(self, entry_id, points):
        blank = engine.Row("", "", "memo", None, None, 0, "", 0, 0, 0, 0, None, None)
        return self._prepare_line(entry_id, replace(blank, reason="rounding"), points)
