from ..tools import group


class Drafts:
    """Collects entries and their why, and inserts them with two queries.

    What is worked out is a draft first: it counts when its document is worked out to
    the end (`keep`), and if that fails, nothing of the document is left (`discard`).
    """

    def __init__(self, wallets, groups=None):
        """Collect bookings for groups.

        :param wallets: `loyalty.b2b.wallet` in sudo, any records.
        :param dict groups: (wallet id, group) → `group.Group`, as booked before.
        """
        self.wallets = wallets
        self.groups = groups if groups is not None else {}
        self.pending = False
        self._entries, self._lines, self._fresh = [], [], {}
        self.discard()

    # === THE DOCUMENT AT WORK === #

    def discard(self):
        """Forget what was drafted since the last document was kept."""
        self._draft_entries, self._draft_rows, self._draft_groups = [], [], {}

    def keep(self):
        """Count what was drafted: its document is worked out to the end."""
        for row, lines, found in self._draft_entries:
            self._entries.append(row)
            self._lines.append((row["key"], lines))
            if found:
                self._count_entry(found, row)
        for found, move_id, rows in self._draft_rows:
            found.add_rows(move_id, rows)
        self.groups.update(self._draft_groups)
        self.discard()

    def _find_group(self, place):
        """Return the group of a place; a new one counts with its document."""
        if place in self.groups:
            return self.groups[place]
        return self._draft_groups.setdefault(place, group.Group(*place))

    def _draft_entry(self, row, lines=(), found=None):
        """Remember an entry.

        :param dict row: of `loyalty.b2b.wallet._prepare_entry`.
        :param lines: its explanation lines, as dicts without `entry_id`.
        :param found: the group it counts in, if any.
        """
        self._draft_entries.append((row, lines, found))

    def _draft_explained(self, found, move_id, rows):
        """Remember the explanation rows that a document adds to a group."""
        self._draft_rows.append((found, move_id, rows))

    # === DOCUMENTS DONE === #

    def _count_entry(self, found, row):
        """Add an entry to its group; until it is inserted its id is negative."""
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
            life=row["life"] or "",
            date_earned=row["date_earned"] or row["date_event"],
        )
        self._fresh[row["key"]] = booked
        found.entries.append(booked)
        waits = booked.state == "pending" and booked.awaits_payment
        if booked.kind == "earn" and waits and not booked.root:
            self.pending = True

    def _is_fresh(self, found):
        return any(entry.id < 0 for entry in found.entries)

    def insert(self):
        """Insert what was kept.

        :return: key → id of the new entries.
        """
        ids = self.wallets._book_keys(self._entries)
        for key, booked in self._fresh.items():
            booked.id = ids.get(key, booked.id)
        self.wallets._explain(
            [
                {"entry_id": ids[key], **line}
                for key, lines in self._lines
                if key in ids
                for line in lines
            ]
        )
        self._entries, self._lines, self._fresh = [], [], {}
        return ids
