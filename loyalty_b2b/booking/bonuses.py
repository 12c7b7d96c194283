from ..tools import deferred, engine
from ..tools.engine.counting import deferred_parts
from .bonus import Bonus, as_row
from .goals import Goals

TRIGGERS = ("first_order", "on_time", "goal")


class Bonuses(Goals):
    """Gives and takes back what rules with another trigger than a purchase promise.

    It compares what should stand with what stands, and books the difference: called
    twice, it books nothing the second time. First orders and goals need the wallet's
    lock; what is paid on time does not (two bookings at once want the same key).
    """

    def __init__(self, wallets, places, triggers=TRIGGERS):
        """Read what the rules need.

        :param wallets: `loyalty.b2b.wallet` in sudo.
        :param dict places: (wallet id, group of an order) → programme id.
        :param triggers: the rules to look at.
        """
        super().__init__(wallets)
        self._places, self._triggers = places, triggers
        self._program_ids = {place[0]: program for place, program in places.items()}
        self._firsts = self._read_firsts()
        self._read_groups()
        self._payments = self._read_payments()

    def book(self):
        """Book what is missing or too much.

        :return: key → id of the new entries.
        """
        bonuses = [
            *self._get_first_orders(),
            *self._get_on_time(),
            *self._get_goals(),
        ]
        changed = [bonus for bonus in bonuses if self._get_differences(bonus)]
        if changed:
            self._read_why(changed)
        for bonus in changed:
            self._level_bonus(bonus)
        self.insert()
        return self._booked

    # === READING === #

    def _get_rules(self, wallet_id, trigger):
        """Return root → versions of the rules of a wallet's programme."""
        if trigger not in self._triggers:
            return {}
        return self._program_of(wallet_id)._get_deferred_rules(trigger)

    def _get_wallet_ids(self, trigger):
        return [w for w in self._program_ids if self._get_rules(w, trigger)]

    def _read_firsts(self):
        """Return wallet id → its first order that stands ('' if there is none)."""
        wallet_ids = self._get_wallet_ids("first_order")
        if not wallet_ids:
            return {}
        found = self.wallets._query_first_groups(wallet_ids)
        return {wallet_id: found.get(wallet_id, "") for wallet_id in wallet_ids}

    def _read_groups(self):
        """Read the orders concerned, and what stands of their bonuses."""
        refs = {ref for _wallet, ref in self._places}
        refs |= {ref for ref in self._firsts.values() if ref}
        for wallet_id, ref in self._places:
            for root in self._get_rules(wallet_id, "on_time"):
                refs.add(deferred.bonus_ref(root, ref))
        for wallet_id, ref in self._firsts.items():
            for root in self._get_rules(wallet_id, "first_order"):
                refs.add(deferred.bonus_ref(root, ref))
        roots = {
            root
            for wallet_id in self._firsts
            for root in self._get_rules(wallet_id, "first_order")
        }
        if roots:
            given = self.wallets._query_bonus_refs([*self._firsts], roots)
            refs |= {*given, *(deferred.source_ref(ref) for ref in given)}
        self.groups = self.wallets._load_groups(refs=sorted(refs - {""}))

    def _read_payments(self):
        """Read how the documents were paid, where that matters."""
        move_ids = {
            entry.move
            for place, found in self.groups.items()
            if place[0] in self._program_ids and not place[1].startswith("bonus:")
            for entry in found.entries
            if entry.move
            and (entry.awaits_payment or self._get_rules(place[0], "on_time"))
        }
        return self.wallets._query_payments(sorted(move_ids)) if move_ids else {}

    def _is_paid(self, move_id):
        return bool(self._payments.get(move_id, {}).get("is_paid"))

    def _is_on_time(self, move_id, rule):
        """Tell whether a document was paid no later than the rule allows."""
        if not self._is_paid(move_id):
            return False
        payment = self._payments[move_id]
        # without a payment nothing was due
        return not payment["last"] or (
            (payment["last"] - payment["due"]).days <= rule.grace_days
        )

    def _count_paid(self, found):
        """Return the condition on documents: what waits for payment does not count."""
        awaiting = {e.move for e in found.entries if e.awaits_payment}
        return lambda move: move not in awaiting or self._is_paid(move)

    # === FIRST ORDER, PAID ON TIME === #

    def _get_first_orders(self):
        """Yield what the first order should give, and what others gave."""
        for wallet_id, first in self._firsts.items():
            for root, versions in self._get_rules(wallet_id, "first_order").items():
                wanted = deferred.bonus_ref(root, first) if first else ""
                prefix = deferred.bonus_ref(root, "")
                for place in list(self.groups):
                    if place[0] == wallet_id and place[1].startswith(prefix):
                        if place[1] != wanted:
                            yield self._weigh(place, versions, accept_none)
                if first:
                    paid = self._count_paid(self.groups[wallet_id, first])
                    yield self._weigh(
                        (wallet_id, wanted),
                        versions,
                        lambda move, _rule, paid=paid: paid(move),
                        choose=min,
                    )

    def _get_on_time(self):
        """Yield what the orders concerned should give for payment on time."""
        for wallet_id, ref in self._places:
            for root, versions in self._get_rules(wallet_id, "on_time").items():
                place = wallet_id, deferred.bonus_ref(root, ref)
                if (wallet_id, ref) in self.groups:
                    yield self._weigh(place, versions, self._is_on_time)

    def _weigh(self, place, versions, accepts, choose=max):
        """Return what a rule gives for the order of a bonus.

        :param place: (wallet id, group of the bonus).
        :param versions: of the rule; each counts its own rows.
        :param accepts: tells of a document and a version whether it counts.
        :param choose: which of its documents decides: `min` the first, `max` the last.
        """
        source = self._find_group((place[0], deferred.source_ref(place[1])))
        bonus = Bonus(*place, rule=versions[-1], source=source)
        booked = {row.rule for row in source.rows}
        documents, moves = deferred.documents(source), set()
        for rule in versions:
            if rule.id not in booked:
                continue
            rows = list(
                deferred.rows_of(source, lambda move, rule=rule: accepts(move, rule))
            )
            points = engine.deferred_points(rows, rule)
            bonus.rule = rule if points else bonus.rule
            bonus.points += points
            for item, part in deferred_parts(rows, rule):
                bonus.parts.append((as_row(item), part))
                moves.add(documents[item.row.key])
        order = [entry.move for entry in source.entries]
        bonus.move = choose(moves, key=order.index, default=None)
        return bonus


def accept_none(_move, _rule):
    """Accept no document."""
    return False
