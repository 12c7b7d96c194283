"""What the shop's pages cost with us and without: queries and processor time.

Two databases with the same addons of Odoo's own (`website_sale_loyalty` among them),
one with ours: a signed-in customer with a wallet who administers it. The same requests
in turns, warm; CPU is that of Odoo's own thread, and says something only beside the
other. Where points are chosen, the cart without us has a discount of Odoo's own.
"""

import statistics
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import _shop  # noqa: E402

from odoo import sql_db  # noqa: E402

WARM, TURNS = 3, 15
# Page: what asks for it, and the most queries that we may add.
PAGES = {
    "list of 20 products": ("get_list", 2),
    "product page": ("get_product", None),
    "cart": ("get_cart", 6),
    "cart update": ("update_cart", 8),
    "payment page": ("get_payment", 4),
}
WITH_POINTS = ("cart", "cart update", "payment page")


def main(env, plain):
    shops = [_shop.Shop(plain, ours=False), _shop.Shop(env, ours=True)]
    rows = [(name, compare(shops, name), PAGES[name][1]) for name in PAGES]
    for shop in shops:
        shop.take_off()
    for name in WITH_POINTS:
        rows.append((f"{name}, points chosen", compare(shops, name), PAGES[name][1]))
    report(rows)


def compare(shops, name):
    """Return (queries, seconds of CPU) of a page in each shop, measured in turns."""
    taken = [[measure(shop, PAGES[name][0]) for shop in shops] for _n in range(TURNS)]
    return [
        (min(queries), statistics.median(seconds))
        for queries, seconds in (
            zip(*side, strict=True) for side in zip(*taken[WARM:], strict=True)
        )
    ]


def measure(shop, act):
    before, start = sql_db.sql_counter, time.thread_time()
    getattr(shop, act)()
    return sql_db.sql_counter - before, time.thread_time() - start


def report(rows):
    head = ("without", "with", "adds", "at most", "CPU ms", "with", "×")
    print(f"{'page':30}" + "".join(f"{word:>9}" for word in head))
    over = []
    for name, ((plain, before), (ours, after)), most in rows:
        adds = ours - plain
        allowed = "" if most is None else most
        print(
            f"{name:30}{plain:9}{ours:9}{adds:+9}{allowed!s:>9}"
            f"{before * 1000:9.1f}{after * 1000:9.1f}{after / before:9.2f}"
        )
        over += [name] if most is not None and adds > most else []
    if over:
        raise SystemExit(f"More queries than allowed: {', '.join(over)}")
