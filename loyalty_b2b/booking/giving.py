from dataclasses import replace
from fractions import Fraction

from .bonus import ZERO, get_regained, is_lot, subtract
from .bookings import Bookings


class Giving(Bookings):
    """Books what a bonus is missing or has too much."""

    is_purchase = False

    def __init__(self, wallets):
        super().__init__(wallets)
        # group of a bonus → what its lines explained before
        self._given = {}
        # day and manner of payment, by document
        self._payments = {}
        self._booked = {}

    def insert(self):
        ids = super().insert()
        self._booked |= ids
        return ids

    # === BOOKING === #

    def _get_differences(self, bonus):
        """Return the points to book in each life, as `group.Group.differences`."""
        found = self._find_group((bonus.wallet, bonus.ref))
        own = bonus.rule.pool
        lives = {own, *(entry.life for entry in found.entries)}
        differences = {
            life: (bonus.points if life == own else 0) - found.stands(life)
            for life in lives
        }
        if any(d > 0 for d in differences.values()) and not self._may_give(
            bonus.wallet
        ):
            differences = {life: min(0, points) for life, points in differences.items()}
        return {life: points for life, points in differences.items() if points}

    def _may_give(self, wallet_id):
        """Tell whether a wallet still earns."""
        program = self._program_of(wallet_id)
        wallet = self.wallets.browse(wallet_id)
        return program._get_terms().state != "closed" and wallet.state != "left"

    def _read_why(self, bonuses):
        """Read names of lines, and what was explained before."""
        refs = [bonus.ref for bonus in bonuses]
        for row in self.wallets._query_bonus_lines(refs):
            place = row.pop("wallet_id"), row.pop("group_ref")
            self._given.setdefault(place, {})[row["rule_ref"], row["key"]] = row
        sources = {bonus.source.ref for bonus in bonuses if bonus.source}
        if sources:
            self._names |= self.wallets._query_line_names(sorted(sources))

    def _level_bonus(self, bonus):
        """Book what a bonus is missing or has too much."""
        parts = self._get_changes(bonus)
        found = self._find_group((bonus.wallet, bonus.ref))
        for life, points in sorted(self._get_differences(bonus).items()):
            values = self._prepare_values(bonus, points)
            if points < 0:
                self._take_back(found, -points, parts, values, frozenset(), life)
            else:
                self._give(found, points, parts, values, life)
        self.keep()

    def _get_changes(self, bonus):
        """Return the lines of a bonus with what changes since it was last booked."""
        if not bonus.source:
            return bonus.parts
        before = self._given.get((bonus.wallet, bonus.ref), {})
        changes, seen = [], set()
        for row, part in bonus.parts:
            known = before.get((row.rule, row.key))
            seen.add((row.rule, row.key))
            changes.append(subtract(row, part, known) if known else (row, part))
        for row in bonus.source.rows:
            place = row.rule, row.key
            if place in before and place not in seen:
                seen.add(place)
                nothing = replace(row, base=ZERO, amount=ZERO, quantity=ZERO)
                changes.append(subtract(nothing, Fraction(0), before[place]))
        moved = [(row, part) for row, part in changes if part or row.amount]
        return moved or changes

    def _share_parts(self, found, parts, lots):
        """Let each of several reversals name all the lines."""
        return [parts] * len(lots)

    def _give(self, found, points, parts, values, life):
        """Book a credit; what was taken back before comes again with its old life."""
        wallet = self.wallets.browse(found.wallet)
        again = min(points, get_regained(found, life))
        lot = next((e for e in reversed(found.entries) if is_lot(e, life)), None)
        old = again and {
            "root_entry_id": lot.root or lot.id,
            "date_available": lot.date_available,
            "date_expiry": lot.date_expiry,
        }
        program = self._program_of(found.wallet)
        new = wallet._prepare_expiry(values.pop("day_available"), program, life)
        number = sum(entry.kind == "bonus" for entry in found.entries)
        for part, dates in ((again, old), (points - again, new)):
            if part:
                number += 1
                row = wallet._prepare_entry(
                    "bonus",
                    part,
                    program,
                    key=f"{found.ref}:{found.wallet}:{number}",
                    life=life or None,
                    to_settle=True,
                    **values,
                    **dates,
                )
                self._add_entry(found, row, parts)

    # === ROWS OF THE LEDGER === #

    def _prepare_values(self, bonus, points):
        """Return the plain copies that an entry keeps of what decided.

        :param int points: signed.
        """
        program = self._program_of(bonus.wallet)
        today = program._today()
        known = bonus.source and bonus.source.entries
        values = self._copy_source(bonus) if known else self._copy_owner(bonus)
        payment = self._payments.get(bonus.move, {})
        is_paid = bonus.rule.trigger == "on_time" or payment.get("is_paid")
        if bonus.rule.trigger == "on_time":
            values["date_event"] = payment.get("last") or today
        values |= {
            "group_ref": bonus.ref,
            # what goes by the document must not find it: it is no booking of it
            "move_ref": None,
            "note": self._get_note(bonus, points),
            "amount": float(sum(row.amount for row, _part in bonus.parts)),
        }
        if points < 0:
            return {**values, "date_event": today}
        day = today if is_paid or not bonus.source else values["date_event"]
        return {**values, "day_available": day}

    def _copy_source(self, bonus):
        entries = bonus.source.entries
        chosen = next((e for e in entries if e.move == bonus.move), entries[0])
        return self.env["loyalty.b2b.entry"].browse(chosen.id)._copy_origin()

    def _copy_owner(self, bonus):
        partner = self.wallets.browse(bonus.wallet).partner_id
        return {
            "date_event": self._program_of(bonus.wallet)._today(),
            "partner_id": partner.id,
            "partner_name": partner.display_name,
        }

    def _get_reader(self, bonus):
        """Return the wallet in the language of its customer, who reads the reason."""
        wallet = self.wallets.browse(bonus.wallet)
        lang = wallet.partner_id.lang or self.env.lang
        return wallet.with_context(lang=lang)

    def _get_note(self, bonus, points):
        texts = self._get_reader(bonus)._get_bonus_notes()
        given, taken = texts[bonus.rule.trigger]
        return given if points > 0 else taken
