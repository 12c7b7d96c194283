"""Lines a second of the earning engine, on one core, without a database.

Plain rules: each line has three candidate rules, one for its product, one for its
category, one for everything. Intricate rules besides, for every order: a ladder, a
capped campaign in an exclusive group, a rule from a minimum on, a multiplier for one
tier; counted before and after under the cap, as posting does.

Run with ``python bench/engine.py [number of rules]``.
"""

import datetime
import sys
import time
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "loyalty_b2b"))

from tools import engine  # noqa: E402

DAY = datetime.date(2024, 5, 1)
LINES = 100_000
PER_DOCUMENT = 5
RUNS = 3


def make_rules(count):
    """Return rules of which every line meets three."""
    rules = [engine.Rule(1, 1, 1, 10, "proportional", 1, Decimal(1))]
    for number in range(2, count + 1):
        where = "products" if number % 2 else "categories"
        rules.append(
            engine.Rule(
                number,
                number,
                1,
                number,
                "proportional",
                2,
                Decimal(1),
                date_start=datetime.date(2024, 1, 1),
                date_end=datetime.date(2024, 12, 31),
                **{where: frozenset({number // 2})},
            )
        )
    return rules


def make_intricate_rules(count):
    """Return plain rules and, for every order, some of all kinds."""
    number = count + 1
    campaign = {"exclusive": "campaign"}
    steps = tuple((Decimal(50 * n), 100 * n) for n in range(1, 6))
    return [
        *make_rules(count),
        rule(number, "ladder", steps=steps),
        rule(number + 1, "proportional", min_amount=Decimal(200), **campaign),
        rule(number + 2, "step", cap_points=100_000, **campaign),
        rule(number + 3, "multiplier", factor=Decimal(2), tiers=frozenset({2})),
    ]


def rule(number, effect, **values):
    """Return a rule of 3 points for each 10.00 that comes after the plain ones."""
    per = Decimal(10)
    return engine.Rule(number, number, 1, 100_000 + number, effect, 3, per, **values)


def make_documents(count):
    """Return documents of a few lines each, four of five customers of tier 2."""
    customers = [engine.Customer(id=n, tier=2 if n % 5 else 1) for n in range(50)]
    places = max(1, (count - 1) // 2)
    lines = [
        engine.Line(
            key=f"aml:{number}",
            group=f"order:{number // PER_DOCUMENT}",
            base=Decimal(number % 9_973 + 1) / 100,
            amount=Decimal(number % 9_973 + 1) / 100,
            date=DAY,
            product=number % places + 1,
            category=number % places + 1,
            customer=customers[number // PER_DOCUMENT % len(customers)],
        )
        for number in range(LINES)
    ]
    return [lines[n : n + PER_DOCUMENT] for n in range(0, LINES, PER_DOCUMENT)]


def measure(act, documents):
    """Return the lines a second of CPU time, the best of some runs."""
    best = float("inf")
    for _run in range(RUNS):
        start = time.process_time()
        for document in documents:
            act(document)
        best = min(best, time.process_time() - start)
    return round(LINES / best)


def measure_plain(rules, documents):
    """Return figures of rules by which each line counts by itself."""
    ruleset = engine.RuleSet(rules)
    rows = [engine.explain(document, ruleset) for document in documents]
    return {
        "candidates a line": sum(map(len, rows)) / LINES,
        "match": measure(lambda d: [ruleset.match(line) for line in d], documents),
        "explain": measure(lambda d: engine.explain(d, ruleset), documents),
        "group_points": measure(engine.group_points, rows),
        "explain and group_points": measure(
            lambda d: engine.group_points(engine.explain(d, ruleset)), documents
        ),
    }


def measure_intricate(rules, documents):
    """Return figures of rules that have to be counted together, under a cap."""
    ruleset = engine.RuleSet(rules)
    rows = [engine.explain(document, ruleset) for document in documents]
    rooms = {root: 1_000 for root in ruleset.capped}

    def post(document):
        engine.extend([], engine.explain(document, ruleset), ruleset, rooms)

    return {
        "candidates a line": sum(map(len, rows)) / LINES,
        "explain": measure(lambda d: engine.explain(d, ruleset), documents),
        "count": measure(lambda r: engine.count(r, ruleset), rows),
        "explain and extend": measure(post, documents),
    }


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    documents = make_documents(count)
    for title, report in [
        ("plain rules", measure_plain(make_rules(count), documents)),
        ("intricate rules", measure_intricate(make_intricate_rules(count), documents)),
    ]:
        sys.stdout.write(f"{title}\n")
        for name, figure in report.items():
            sys.stdout.write(f"  {name:26} {figure:>10}\n")


if __name__ == "__main__":
    main()
