from collections import defaultdict

from .caps import get_capped, get_period


class Rooms:
    """What orders may still get under caps, one after the other; nothing is locked.

    For what is promised: documents book with `Caps`.
    """

    def __init__(self, ruleset, used=None, given=None):
        """Take what was read.

        :param dict used: (root of the rule, first day) → points of the period.
        :param dict given: (group, root of the rule) → points of these in the group.
        """
        self._ruleset = ruleset
        self._used = used or {}
        self._given = given or {}
        self._promised = defaultdict(int)

    @staticmethod
    def get_places(days_by_ref, ruleset):
        """Return the (root of the rule, first day of the period) that matter.

        :param dict days_by_ref: group → `engine.cap_days`.
        """
        return {
            (root, get_period(get_capped(ruleset, root), day))
            for days in days_by_ref.values()
            for root, day in days.items()
        }

    def get(self, ref, days):
        """Return what a group may get in all, by root of the rule."""
        rooms = {}
        for root, day in days.items():
            rule = get_capped(self._ruleset, root)
            place = (root, get_period(rule, day))
            taken = self._used.get(place, 0) + self._promised[place]
            rooms[root] = rule.cap - taken + self._given.get((ref, root), 0)
        return rooms

    def take(self, ref, days, count):
        """Leave less room for the groups that come after.

        :param engine.Count count: of the group.
        """
        for rule_id, (_wanted, granted) in count.caps.items():
            root = self._ruleset.get(rule_id).root
            if root in days:
                place = (root, get_period(get_capped(self._ruleset, root), days[root]))
                more = granted - self._given.get((ref, root), 0)
                self._promised[place] += max(0, more)
