"""Lines a second of the earning engine, on one core, without a database.

Each line has three candidate rules: one for its product, one for its category, one
for everything. Run with ``python bench/engine.py [number of rules]``.
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


def make_documents(count):
    """Return documents of a few lines each."""
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


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    ruleset = engine.RuleSet(make_rules(count))
    documents = make_documents(count)
    rows = [engine.explain(document, ruleset) for document in documents]
    report = {
        "candidates a line": sum(map(len, rows)) / LINES,
        "match": measure(lambda d: [ruleset.match(line) for line in d], documents),
        "explain": measure(lambda d: engine.explain(d, ruleset), documents),
        "group_points": measure(engine.group_points, rows),
        "explain and group_points": measure(
            lambda d: engine.group_points(engine.explain(d, ruleset)), documents
        ),
    }
    for name, figure in report.items():
        sys.stdout.write(f"{name:26} {figure:>10}\n")


if __name__ == "__main__":
    main()
