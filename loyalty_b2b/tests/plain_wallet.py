"""A wallet as plain values: how tests book documents under caps."""

from ..tools import engine


class PlainWallet:
    """The groups of a wallet, and what its capped rules may still give.

    ``rooms`` are points by root of rule, of one period; a rule left out is free.
    ``rows`` are those of each group, in the order of booking.
    """

    def __init__(self, ruleset, rooms=None):
        self.ruleset = ruleset
        self.rooms = dict(rooms or {})
        self.rows = {}

    @property
    def points(self):
        """Points of all groups."""
        return sum(map(self.of, self.rows))

    @property
    def all_rows(self):
        """The rows of all groups."""
        return [row for rows in self.rows.values() for row in rows]

    def of(self, group):
        """Return the points of one group."""
        return engine.group_points(self.rows.get(group, []), self.ruleset)

    def given(self, group):
        """Return what capped rules gave a group, by root."""
        found = {}
        for row in self.rows.get(group, []):
            if row.part == "cap":
                found[row.root] = found.get(row.root, 0) + row.given
        return found

    def book(self, rows):
        """Book the rows of a document, group by group.

        :return: the points by which the wallet changes
        """
        before = self.points
        for group in dict.fromkeys(row.group for row in rows):
            self._extend(group, [row for row in rows if row.group == group])
        return self.points - before

    def _extend(self, group, new):
        rows = self.rows.setdefault(group, [])
        *_counts, caps = engine.extend(rows, new, self.ruleset, self.rooms)
        rows += [*new, *caps]
        for row in caps:
            if row.root in self.rooms:
                self.rooms[row.root] -= row.given

    def invoice(self, *lines):
        """Book an invoice and return what it changes."""
        return self.book(engine.explain(lines, self.ruleset))

    def credit(self, *lines):
        """Book a credit note and return what it changes."""
        return self.book(engine.correct(self.all_rows, lines))
