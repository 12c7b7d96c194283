from ..tools import engine, periods


class Caps:
    """What wallets may still get of capped rules; changes are written once, at the end.

    The counters are locked when they are read: two postings for one wallet that a cap
    concerns come one after the other (DESIGN §4).
    """

    def __init__(self, counters):
        """Take nothing yet.

        :param counters: `loyalty.b2b.counter` in sudo.
        """
        self._counters = counters
        self._used, self._changes, self._drafts = {}, {}, {}

    def lock(self, places):
        """Lock and read counters, all at once.

        :param places: (root of the rule, wallet id, first day of the period).
        """
        missing = sorted(set(places) - set(self._used))
        if missing:
            self._used |= self._counters._lock_counters(missing)

    def get_rooms(self, wallet_id, days, ruleset):
        """Return the points that a wallet may still get, by root of the rule.

        :param dict days: of `engine.cap_days`, or empty.
        """
        places = {}
        for root, day in days.items():
            rule = get_capped(ruleset, root)
            places[root] = (root, wallet_id, get_period(rule, day))
        # read before, all at once; but for the lines of an order that is paid in
        # advance, which are known only now
        self.lock(places.values())
        return {
            root: get_capped(ruleset, root).cap
            - self._used[place]
            - self._get_change(place)
            for root, place in places.items()
        }

    def take(self, wallet_id, ruleset, caps):
        """Count what a document changes.

        :param caps: rows of the part 'cap', of `engine.extend`.
        """
        for cap in caps:
            if cap.day:
                period = get_period(ruleset.get(cap.rule), cap.day)
                place = (cap.root, wallet_id, period)
                self._drafts[place] = self._drafts.get(place, 0) + cap.given

    def _get_change(self, place):
        return self._changes.get(place, 0) + self._drafts.get(place, 0)

    def keep(self):
        """Count what was taken: its document is worked out to the end."""
        self._changes |= {place: self._get_change(place) for place in self._drafts}
        self._drafts = {}

    def discard(self):
        """Forget what was taken since the last document was kept."""
        self._drafts = {}

    def save(self):
        """Write what was taken and given back."""
        changes = {place: points for place, points in self._changes.items() if points}
        if changes:
            self._counters._change_counters(changes)
        self._used, self._changes, self._drafts = {}, {}, {}


def get_capped(ruleset, root):
    """Return the newest capped version of a rule."""
    rules = [rule for rule in ruleset.capped.values() if rule.root == root]
    return max(rules, key=lambda rule: rule.version)


def get_period(rule, day):
    """Return the first day of the period in which a capped rule counts a day."""
    period = "lifetime" if rule.effect == "bonus" else rule.cap_period
    return periods.period_start(day, period)


def get_places(wallet_id, rows, lines, ruleset):
    """Return the counters that a group and new lines of it may concern.

    :param rows: all rows of the group so far.
    :param lines: `engine.Line`s of the document.
    """
    days = engine.cap_days(rows, (), ruleset)
    found = [
        *days.items(),
        *((r.root, r.day) for r in rows if r.rule in ruleset.capped),
    ]
    places = {
        (root, wallet_id, get_period(get_capped(ruleset, root), day))
        for root, day in found
        if day
    }
    for line in lines:
        for rule in ruleset.match(line):
            if rule.id in ruleset.capped:
                day = line.day(rule.by_order_date)
                places.add((rule.root, wallet_id, get_period(rule, day)))
    return places
