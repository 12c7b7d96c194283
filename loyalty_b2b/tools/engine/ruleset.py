"""The rules of a programme, compiled for look-up."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from .conditions import DEPTH, OWN, STATIC, Condition, asked, failed
from .lines import NO_REVENUE, Line
from .rules import Rule

# What conditions ask that is not known of a line for nothing.
FACTS = ("tags", "min_margin", "customer_tags", "countries", "tiers", "channels")
EMPTY = (None, frozenset())
# How many combinations of product and customer are remembered at most.
REMEMBERED = 50_000


class RuleSet:
    """Rules compiled so that finding those of a line costs the same for 1 and 1000.

    ``asks`` names those of `FACTS` that some condition looks at: the others need not
    be read. Archived rules are ``retired``: they match nothing, but what they gave is
    counted.
    """

    __slots__ = (
        "_anywhere",
        "_by_id",
        "_by_product",
        "_found",
        "_is_stacked",
        "_is_wide",
        "_own",
        "_places",
        "_static",
        "_versioned",
        "asks",
        "capped",
        "deferred",
        "intricate",
        "rules",
    )

    def __init__(self, rules: Iterable[Rule], retired: Iterable[Rule] = ()):
        self.rules = sorted(rules, key=lambda rule: (rule.sequence, rule.id))
        retired = list(retired)
        self._by_id = {rule.id: rule for rule in (*self.rules, *retired)}
        everything = self._by_id.values()
        # what has to be counted with more than one multiplication
        self.intricate = frozenset(r.id for r in everything if not r.is_plain)
        # each version may have another cap; what counts later has no counter
        self.capped = {
            rule.id: rule
            for rule in everything
            if rule.cap is not None and not rule.is_deferred
        }
        self.deferred = [rule for rule in everything if rule.is_deferred]
        self.asks = frozenset(
            name
            for name in FACTS
            if any(getattr(rule, name) not in EMPTY for rule in self.rules)
        )
        self._static = {rule.id: asked(rule, STATIC) for rule in self.rules}
        self._own = {rule.id: asked(rule, OWN) for rule in self.rules}
        self._anywhere: list[Rule] = []
        self._by_product: dict[tuple, list[Rule]] = defaultdict(list)
        self._places: dict[tuple, tuple[Rule, ...]] = {}
        self._found: dict[tuple, tuple[tuple[Rule, tuple[Condition, ...]], ...]] = {}
        roots = [rule.root for rule in self.rules]
        self._versioned = len(set(roots)) < len(roots)
        self._is_stacked = any(rule.stop or rule.exclusive for rule in self.rules)
        # whether more than product and category decides which rules are likely
        self._is_wide = any(
            code != "not_covered" or rule.tags
            for rule in self.rules
            for code, _is_set, _holds in self._static[rule.id]
        )
        for rule in self.rules:
            self._index(rule)

    def get(self, rule_id: int | None) -> Rule | None:
        """Return a rule by id, retired ones too."""
        return self._by_id.get(rule_id)

    def _index(self, rule: Rule) -> None:
        """File a rule under what it is conditioned on."""
        places = [
            *(("product", product) for product in rule.products),
            *(("category", category) for category in rule.categories),
            *(("tag", tag) for tag in rule.tags),
        ]
        for place in places:
            self._by_product[place].append(rule)
        if not places:
            self._anywhere.append(rule)

    def candidates(self, line: Line) -> tuple[Rule, ...]:
        """Return the rules for the line's product, category or tags, by sequence."""
        place = (line.product, line.category, line.tags)
        found = self._places.get(place)
        if found is None:
            filed = {rule.id: rule for rule in self._anywhere}
            for where in (
                ("product", line.product),
                ("category", line.category),
                *(("tag", tag) for tag in line.tags),
            ):
                filed |= {rule.id: rule for rule in self._by_product.get(where, ())}
            found = tuple(
                sorted(filed.values(), key=lambda rule: (rule.sequence, rule.id))
            )
            if len(self._places) >= REMEMBERED:
                self._places.clear()
            self._places[place] = found
        return found

    def _likely(self, line: Line) -> tuple[tuple[Rule, tuple[Condition, ...]], ...]:
        """Return the rules whose product and customer conditions hold.

        Each comes with what is still to be asked of the line.
        """
        place = (line.product, line.category)
        if self._is_wide:
            place = (*place, line.tags, line.domains, line.customer)
        found = self._found.get(place)
        if found is None:
            found = tuple(
                (rule, self._own[rule.id])
                for rule in self.candidates(line)
                if not failed(rule, line, self._static[rule.id])
            )
            if len(self._found) >= REMEMBERED:
                self._found.clear()
            self._found[place] = found
        return found

    def match(self, line: Line) -> tuple[Rule, ...]:
        """Return the rules by which the line may earn, in order of sequence.

        Neither the kind of the line nor its exclusion is looked at. A rule that stops
        or excludes others does it here, unless its minimum has to be counted first.
        """
        matching = [
            rule
            for rule, conditions in self._likely(line)
            if not conditions or not failed(rule, line, conditions)
        ]
        if len(matching) > 1:
            if self._versioned:
                matching = self._newest(matching)
            if self._is_stacked:
                return tuple(stacked(matching, lambda rule: not rule.has_minimum))
        return tuple(matching)

    @staticmethod
    def _newest(matching: Sequence[Rule]) -> list[Rule]:
        """Keep one version of each rule, should their periods overlap."""
        newest: dict[int, int] = {}
        for rule in matching:
            newest[rule.root] = max(rule.version, newest.get(rule.root, rule.version))
        return [rule for rule in matching if rule.version == newest[rule.root]]

    def failed(self, rule: Rule, line: Line) -> str:
        """Return the code of the first condition of a rule that a line does not meet.

        The line's own exclusion comes first; '' if the rule covers the line.
        """
        return self._unfit(line) or failed(
            rule, line, self._static[rule.id] + self._own[rule.id]
        )

    @staticmethod
    def _unfit(line: Line) -> str:
        """Return why no rule at all can give points for the line, or ''."""
        if line.kind == "ignored":
            return line.exclusion if line.exclusion in NO_REVENUE else "ignored"
        if line.exclusion:
            return line.exclusion
        return "" if line.base else "no_value"

    def reason(self, line: Line) -> str:
        """Return the code of why a line earns nothing, '' if it earns.

        The line's own exclusion, 'ignored', 'no_value', 'no_rule' (none for its
        product or category), or the condition that failed last in the rule that came
        closest. A line of the kind 'ignored' gets a code that marks it as no revenue.
        """
        unfit = self._unfit(line)
        if unfit or self.match(line):
            return unfit
        codes = [
            failed(rule, line, self._static[rule.id] + self._own[rule.id])
            for rule in self.candidates(line)
        ]
        return max(codes, key=DEPTH.__getitem__, default="no_rule")


def stacked(rules: Iterable[Rule], is_certain) -> Iterator[Rule]:
    """Yield the rules that count for a line, of those that match it.

    :param rules: in order of sequence; deferred ones neither stop nor are stopped
    :param is_certain: tells of a rule whether it may stop or exclude others
    """
    taken: set[str] = set()
    stopped = False
    for rule in rules:
        if rule.is_deferred:
            yield rule
        elif not stopped and not (rule.exclusive and rule.exclusive in taken):
            yield rule
            if is_certain(rule):
                taken.add(rule.exclusive)
                stopped = rule.stop


NOTHING = RuleSet([])
