"""Documents that count again after they were annulled."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from .keys import ZERO, exactly
from .lines import Row


@exactly
def revive(rows: Iterable[Row]) -> list[Row]:
    """Undo the last annulment of a document, see `annul`; nothing if it counts.

    The rows returned are those that the annulment mirrored, summed up. What an earlier
    annulment undid, before the document was posted again, stays undone.

    :param rows: all rows of the document so far, in the order of booking
    """
    sums: dict[tuple, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    last: dict[tuple, Row] = {}
    current: dict[tuple, Row] = {}
    for row in rows:
        if not (row.base or row.amount):
            continue
        identity = (row.key, row.part, row.root, row.reason, row.source)
        current[identity] = row
        sums[identity][0] += row.base
        sums[identity][1] += row.amount
        if not any(map(any, sums.values())):
            last, current = current, {}
    if current:
        return []
    return [replace(row, base=-row.base, amount=-row.amount) for row in last.values()]
