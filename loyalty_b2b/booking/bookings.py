from collections import defaultdict
from dataclasses import replace
from fractions import Fraction

from ..tools import engine
from .caps import Caps, get_places
from .levels import Levels

# More for one order is a mistake in the rules: sums reach 10^12 (DESIGN §3).
MOST_POINTS = 10**12


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

    def forget(self, move_id):
        """Give the numbers of a document back that were not booked."""
        self._rounds.pop(move_id, None)
        self._numbers.pop(move_id, None)


class Bookings(Levels):
    """Works out what a group of documents is missing or has too much."""

    def __init__(self, wallets, groups=None):
        self._caps = Caps(wallets.env["loyalty.b2b.counter"].sudo())
        super().__init__(wallets, groups)
        self.env = wallets.env
        self.programs = self.env["loyalty.b2b.program"]
        self._names = {}
        self._program_ids = {}
        # rounds go by what was booked before
        self._rounds = Rounds([*self.groups.values()])

    def keep(self):
        self._caps.keep()
        super().keep()

    def discard(self):
        self._caps.discard()
        super().discard()

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

    def undo(self, move):
        """Book that a document no longer counts: in all of its groups or, if one
        fails, in none."""
        try:
            for found in [*self.groups.values()]:
                self._annul(found, move, found.moves.get(move.id, ()))
        except Exception:
            self.discard()
            raise
        self.keep()

    def _annul(self, found, move, rows):
        """Draft that a document no longer counts in a group."""
        new = engine.annul(rows)
        if not new:
            return
        values = self._move_values(move, found.ref)
        if found.counts:
            self._book_change(found, new, values, frozenset({move.id}))
        else:
            found.number(new)
            taken = -sum(
                entry.points for entry in found.entries if entry.move == move.id
            )
            parts = list(zip(new, engine.exact_points(new), strict=True))
            self._valued = set()
            self._credit(found, "earn", taken, parts, values)
        self._draft_explained(found, move.id, new)

    def level(self, found):
        """Book what a group is missing or has too much.

        Also what rules with a cap want of all documents together only.
        """
        _before, after, _caps = self._measure(found, [])
        if not found.differences(after):
            return
        move_id = next(entry.move for entry in reversed(found.entries) if entry.move)
        move = self.env["account.move"].browse(move_id).exists()
        values = self._move_values(move, found.ref)
        values["note"] = self.env._("Counted together with other documents")
        self._book_change(found, [], values, frozenset())
        self.keep()

    def lock_caps(self, places=()):
        """Lock the counters of the groups' capped rules, and of other places."""
        places = set(places)
        for found in self.groups.values():
            ruleset = self._get_rule_set(found)
            if ruleset.capped:
                places |= get_places(found.wallet, found.rows, (), ruleset)
        self._caps.lock(places)

    def _get_rule_set(self, found):
        return self._program_of(found.wallet)._get_rule_set()

    # === BOOKING === #

    def _book_change(self, found, rows, values, moves, kind="earn"):
        """Book the difference that new rows make to a group, life by life.

        :param dict values: plain copies of the document.
        :param frozenset moves: documents whose credits lose points first.
        :param str kind: of an entry that gives no points.
        """
        self._valued = set()
        ruleset = self._get_rule_set(found)
        before, after, caps = self._measure(found, rows)
        if after.points > MOST_POINTS:
            raise OverflowError(f"{after.points} points are more than a ledger holds")
        self._caps.take(found.wallet, ruleset, caps)
        found.number([*rows, *caps])
        differences = found.differences(after)
        parts = self._part_by_life(engine.contributions(rows, before, after), ruleset)
        for cap in caps:
            life = ruleset.get(cap.rule).pool
            parts.setdefault(life, []).append((cap, Fraction(0)))
        for life in sorted({*parts, *differences} or {""}):
            points = differences.get(life, 0)
            life_parts = self._explain_zeros(parts.get(life, ()), after)
            if points < 0:
                self._take_back(found, -points, life_parts, values, moves, life)
            elif not points and self._is_correction(found, life_parts):
                self._take_nothing(found, life_parts, values, life)
            else:
                entry_kind = "earn" if points else kind
                self._credit(found, entry_kind, points, life_parts, values, life)
        if caps:
            self._draft_explained(found, values["move_ref"], caps)

    def _measure(self, found, rows):
        """Count a group before and after new rows, with the room under its caps."""
        ruleset = self._get_rule_set(found)
        days = engine.cap_days(found.rows, rows, ruleset)
        rooms = self._caps.get_rooms(found.wallet, days, ruleset)
        return engine.extend(found.rows, rows, ruleset, rooms)

    @staticmethod
    def _part_by_life(parts, ruleset):
        """Part explained rows by what they are rounded with."""
        lives = defaultdict(list)
        for row, part in parts:
            rule = ruleset.get(row.rule)
            # what counts later gives nothing here that could have a life of its own
            life = rule.pool if rule and not rule.is_deferred else ""
            lives[life].append((row, part))
        return lives

    @staticmethod
    def _explain_zeros(parts, count):
        """Say of rows why their rule gives nothing for them, for now."""
        return [
            (replace(row, reason=row.reason or count.why[row.rule, row.key]), part)
            if (row.rule, row.key) in count.why
            else (row, part)
            for row, part in parts
        ]

    def _credit(self, found, kind, points, parts, values, life=""):
        wallet = self.wallets.browse(found.wallet)
        turn, number = self._rounds.take(values["move_ref"])
        program = self._program_of(found.wallet)
        dates = self._get_lot_dates(found, wallet, parts, values, life, kind)
        self._add_entry(
            found,
            wallet._prepare_entry(
                kind,
                points,
                program,
                key=f"earn:{values['move_ref']}:{turn}:{number}",
                round=turn,
                life=life or None,
                to_settle=True,
                **{**values, **dates},
            ),
            parts,
        )

    def _get_lot_dates(self, found, wallet, parts, values, life, kind):
        """Return state and dates of a lot; what is given back keeps its old ones."""
        is_sale = any(row.part == "line" and row.base > 0 for row, _part in parts)
        lots = [e for e in found.entries if e.points > 0 and e.life == life]
        if is_sale or not lots:
            program = self._program_of(found.wallet)
            return wallet._prepare_lot(kind, values["date_event"], program, life)
        return self._keep_dates(found, lots[-1])

    def _keep_dates(self, found, lot):
        """Return state and dates of what is given back of a lot of the group."""
        if self._is_fresh(found):
            self.insert()  # the new lot names an older one, which needs an id
        return {
            "state": lot.state if lot.state != "cancelled" else "posted",
            "awaits_payment": lot.awaits_payment,
            "root_entry_id": lot.root or lot.id,
            "date_available": lot.date_available,
            "date_expiry": lot.date_expiry,
        }

    def _take_back(self, found, points, parts, values, moves, life=""):
        """Book reversals, each of one lot, explained by the document's rows."""
        if self._is_fresh(found):
            self.insert()
        wallet = self.wallets.browse(found.wallet)
        program = self._program_of(found.wallet)
        lots = found.take_back(points, moves, life)
        # booked first, so that the reversals find it when settling
        for row in self._prepare_lifted(wallet, program, lots, values):
            self._draft_entry(row)
        explained = self._share_parts(found, parts, lots)
        for (lot, taken), lot_parts in zip(lots, explained, strict=True):
            row = self._prepare_reversal(found, lot, taken, values, life)
            self._add_entry(found, row, lot_parts)

    @staticmethod
    def _is_correction(found, parts):
        """Tell whether rows change earlier ones, and bring no sale of their own."""
        rows = [row for row, _part in parts]
        is_sale = any(row.part == "line" and row.base > 0 for row in rows)
        return not is_sale and found.origin(rows) is not None

    def _take_nothing(self, found, parts, values, life=""):
        """Book that a correction takes no points, with the entry that it corrects.

        It waits with that entry: the money it takes back counts for levels.
        """
        if self._is_fresh(found):
            self.insert()
        lot = found.origin((row for row, _part in parts), life)
        row = self._prepare_reversal(found, lot, 0, values, life)
        self._add_entry(found, row, parts)

    def _prepare_reversal(self, found, lot, points, values, life):
        """Return a reversal of an entry; it waits as long as that one does.

        :param int points: 0 or more.
        """
        # those of this document count when it is worked out to the end
        drafted = sum(
            row["kind"] == "reversal" and row["reversed_entry_id"] == lot.id
            for row, _lines, _found in self._draft_entries
        )
        number = found.reversals(lot) + drafted + 1
        return self.wallets.browse(found.wallet)._prepare_entry(
            "reversal",
            -points,
            self._program_of(found.wallet),
            life=life or None,
            key=f"reverse:{lot.id}:{number}",
            state=lot.state if lot.state == "pending" else "posted",
            reversed_entry_id=lot.id,
            awaits_payment=lot.awaits_payment,
            to_settle=True,
            **values,
        )

    def _prepare_lifted(self, wallet, program, taken, values):
        """Give back what expired of lots that are taken back: not to take it twice."""
        lots = [
            (lot.root or lot.id, lot.date_expiry, part)
            for lot, part in taken
            if lot.state == "posted"
        ]
        note = self.env._("Expired, and taken back with its invoice")
        values = {**values, "note": note, "date_earned": None}
        return wallet._prepare_lifted(lots, program=program, **values)

    def _share_parts(self, found, parts, lots):
        """Part the rows among several reversals: each goes with the lot it corrects."""
        if len(lots) < 2:
            return [parts] * len(lots)
        lot_of = {}
        for index, (lot, _points) in enumerate(lots):
            for row in found.moves.get(lot.move or 0, ()):
                lot_of.setdefault(row.key, index)
        shared = [[] for _lot in lots]
        for row, part in parts:
            shared[lot_of.get(row.key, 0)].append((row, part))
        return shared

    # === ROWS OF THE LEDGER === #

    def _move_values(self, move, ref):
        owner = move.partner_id._get_loyalty_b2b_owner()
        day = move.invoice_date or move.date
        return {
            "date_event": day,
            "date_earned": day,
            "group_ref": ref,
            "partner_id": owner.id,
            "partner_name": owner.display_name,
            "contact_id": move.partner_id.id,
            "contact_name": move.partner_id.display_name,
            "move_id": move.id,
            "move_ref": move.id,
            "move_name": move.name,
        }

    def _add_entry(self, found, row, parts):
        """Draft an entry of a group, explained by rows with their exact parts."""
        row |= self._prepare_level(found, row, parts)
        self._draft_entry(row, self._prepare_lines(parts, row["points"]), found)

    def insert(self):
        self._caps.save()
        return super().insert()

    def _prepare_lines(self, parts, points):
        """Return explanation lines that sum to the points of their entry (I8)."""
        if not parts:
            return [self._prepare_memo(points)] if points else []
        shares = engine.explained(parts, points)
        return [
            self._prepare_line(row, share)
            for (row, _part), share in zip(parts, shares, strict=True)
        ]

    def _prepare_line(self, row, points):
        named = self._names.get(row.source) or self._names.get(row.key) or {}
        move_line_id = named.get("id")
        return {
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
            "quantity": str(row.quantity),
            "day": row.day,
            "channel": named.get("channel"),
            "cap_wanted": row.wanted,
            "cap_given": row.given,
            "place": row.place,
            "points": points,
            "reason": row.reason or None,
        }

    def _prepare_memo(self, points):
        return self._prepare_line(engine.Row("", "", "memo", reason="rounding"), points)
