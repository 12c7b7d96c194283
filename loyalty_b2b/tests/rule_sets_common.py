"""Rule sets, orders and rooms at random, for the properties of the engine."""

from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from ..tools import engine
from .test_tools_common import money
from .test_tools_engine import DAY, line, rule

BY_LINE = ("proportional", "unit")
BY_ORDER = ("step", "order", "ladder", "bonus")
LATER = ("first_order", "on_time", "goal")


def maybe(values, times=3):
    """Return a strategy that is mostly None."""
    return st.one_of(*[st.none()] * times, values)


@st.composite
def minimums(draw):
    """Return minimums of the order, and of each line."""
    found = {
        "min_amount": draw(maybe(money(1, 300_000))),
        "min_quantity": draw(maybe(st.integers(1, 30).map(Decimal))),
        "min_line_amount": draw(maybe(money(1, 100_000), 5)),
        "min_line_quantity": draw(maybe(st.integers(1, 10).map(Decimal), 5)),
    }
    return {name: value for name, value in found.items() if value}


@st.composite
def effects(draw, effect):
    """Return how much a rule gives."""
    values = {"effect": effect, "points": draw(st.integers(1, 2000))}
    if effect in ("proportional", "step", "unit"):
        values["per"] = str(draw(money(1, 50_000)))
    if effect == "ladder":
        thresholds = draw(st.lists(money(1, 300_000), min_size=1, max_size=4))
        values["steps"] = tuple(
            (threshold, 100 * number)
            for number, threshold in enumerate(sorted({*thresholds}), 1)
        )
        values["highest_only"] = draw(st.booleans())
    if effect == "multiplier":
        values["factor"] = Decimal(draw(st.integers(100, 400))) / 100
    return values


@st.composite
def caps(draw):
    """Return caps of an order, and of a wallet."""
    return {
        "cap_order": draw(maybe(st.integers(0, 5000))),
        "cap_points": draw(maybe(st.integers(0, 5000), 2)),
    }


@st.composite
def places(draw):
    """Return which lines a rule covers: by default everything."""
    return {
        "products": frozenset(draw(st.sets(st.integers(1, 3), max_size=2))),
        "categories": frozenset(draw(st.sets(st.integers(1, 2), max_size=1))),
        "tags": frozenset(draw(st.sets(st.integers(1, 2), max_size=1))),
    }


@st.composite
def rule_sets(draw, steady=False, later=True):
    """Return up to six rules with everything that a rule can have.

    :param bool steady: only such that more of anything never earns less by any rule:
        no rule replaces others from a minimum on, and multipliers are for all lines
    :param bool later: with rules that count later
    """
    drawn = draw(
        st.lists(
            st.sampled_from([*BY_LINE, *BY_ORDER, "multiplier"]), min_size=1, max_size=5
        )
    )
    multiplies = "multiplier" in drawn
    rules = []
    for number, effect in enumerate(drawn, 1):
        values = {
            **draw(effects(effect)),
            **draw(places()),
            **draw(minimums()),
            **draw(caps()),
            "sequence": draw(st.integers(1, 3)),
            "stop": draw(st.sampled_from([False, False, True])),
            "exclusive": draw(st.sampled_from(["", "", "x"])),
            "expiry_months": draw(maybe(st.just(6), 4)),
        }
        if later and draw(st.integers(1, 6)) == 1:
            values["trigger"] = draw(st.sampled_from(LATER))
        stacks = values["stop"] or values["exclusive"]
        if steady and stacks and multiplies:
            values.update(stop=False, exclusive="")
        elif steady and stacks:
            values = {k: v for k, v in values.items() if not k.startswith("min_")}
        if steady and effect == "multiplier":
            values = {
                k: v
                for k, v in values.items()
                if not k.startswith("min_line")
                and k not in ("products", "categories", "tags")
            }
        rules += versions(draw, number, values)
    return engine.RuleSet(rules)


def versions(draw, number, values):
    """Return a rule, or two versions of it one after the other."""
    old = rule(number, **values)
    if draw(st.integers(1, 4)) > 1:
        return [old]
    return [
        rule(number, **{**values, "date_end": DAY}),
        rule(
            number + 100,
            **{
                **values,
                "root": number,
                "version": 2,
                "date_start": DAY.replace(day=16),
                "points": values["points"] + 7,
            },
        ),
    ]


@st.composite
def orders(draw, low=1, group="order:1", size=5, discounts=False):
    """Return the lines of an order in a currency of its own.

    :param int low: the least value of a line, in cents
    :param bool discounts: sometimes with a discount for points
    """
    exchange = Fraction(draw(st.sampled_from([100, 100, 425, 37])), 100)
    lines = []
    for number in range(1, draw(st.integers(1, size)) + 1):
        base = draw(money(low, 200_000))
        quantity = Decimal(draw(st.integers(1, 2000))) / 100
        lines.append(
            line(
                f"{group}/{number}",
                base,
                amount=Decimal(round(Fraction(base) * exchange * 100)) / 100,
                group=group,
                product=draw(st.integers(1, 4)),
                category=draw(st.integers(1, 3)),
                tags=frozenset(draw(st.sets(st.integers(1, 3), max_size=2))),
                quantity=quantity.copy_sign(base),
                order_line=number,
                exclusion=draw(st.sampled_from([""] * 9 + ["delivery"])),
            )
        )
    net = sum(one.base for one in lines)
    if discounts and net > 0 and draw(st.booleans()):
        base = -draw(money(1, int(net * 100)))
        points = {"group": group, "kind": "points_discount"}
        lines.append(line(f"{group}/points", base, **points))
    return lines


@st.composite
def rooms(draw, ruleset):
    """Return what the wallet may still get under the caps; some are free."""
    roots = {one.root for one in ruleset.capped.values()}
    return {root: draw(st.integers(0, 4000)) for root in roots if draw(st.booleans())}
