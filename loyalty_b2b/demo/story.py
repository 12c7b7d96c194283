"""What happened at Elektro-Hurt: plain data, days counted back from today."""

from typing import NamedTuple


class Rhythm(NamedTuple):
    """Purchases of a customer at regular intervals, of baskets in turn."""

    customer: str
    first: int
    last: int
    every: int
    how: str
    baskets: tuple


class Event(NamedTuple):
    """One thing that happened; `name` lets later events refer to its document."""

    day: int
    verb: str
    name: str
    values: dict


ENROLLED = (
    "nowak",
    "instal",
    "instal_gdynia",
    "instal_radom",
    "provolt",
    "provolt_shop",
    "automatyka",
    "hydro",
    "luxdom",
)
INVITED = ("dabrowski",)

FLAT = "board 2, breaker 40, rcd 6, cable 4"
OFFICE = "panel 24, floodlight 4, breaker 20"
TOOLBOX = "drill 2, grinder 1"
WORKSHOP = "hammer 2, drill 3, grinder 3, cable 2"
CHARGING = "wallbox 1, rcd 1, breaker 6, commissioning 1"
ROOF = "inverter 1, breaker 10, cable 6"

RHYTHMS = (
    Rhythm("nowak", 386, 8, 27, "order", (FLAT, TOOLBOX, ROOF, OFFICE)),
    Rhythm("instal", 372, 20, 58, "invoice", (FLAT, OFFICE, CHARGING)),
    Rhythm("instal_gdynia", 378, 12, 61, "order", (CHARGING, FLAT)),
    Rhythm("instal_radom", 318, 26, 73, "invoice", (TOOLBOX, FLAT)),
    Rhythm("provolt", 367, 15, 44, "order", (ROOF, CHARGING)),
    Rhythm("provolt_shop", 341, 31, 62, "invoice", (OFFICE, TOOLBOX)),
    Rhythm("automatyka", 374, 5, 41, "invoice", (WORKSHOP, FLAT, OFFICE)),
    Rhythm("hydro", 382, 250, 33, "invoice", (FLAT, TOOLBOX)),
    Rhythm("luxdom", 311, 170, 47, "invoice", (OFFICE,)),
    Rhythm("dabrowski", 177, 18, 53, "invoice", (FLAT, TOOLBOX)),
    Rhythm("solar", 154, 10, 48, "invoice", (ROOF,)),
)

EVENTS = (
    Event(425, "start", "club", {"enrolled": ENROLLED, "invited": INVITED}),
    # points of an older scheme, with a short life: part of them expires
    Event(
        420,
        "opening",
        "carried_over",
        {"customer": "provolt", "points": 2500, "months": 6, "note": "Stamp card"},
    ),
    Event(225, "expire", "expired", {"customer": "provolt"}),
    # corrections
    Event(
        300,
        "invoice",
        "radom_tools",
        {"customer": "instal_radom", "lines": "drill 5, hammer 2"},
    ),
    Event(
        292,
        "credit",
        "radom_return",
        {"of": "radom_tools", "lines": "drill 2", "note": "Two drills returned"},
    ),
    Event(
        246, "invoice", "wrong_buyer", {"customer": "provolt", "lines": "inverter 2"}
    ),
    Event(
        244,
        "credit",
        "wrong_buyer_credit",
        {"of": "wrong_buyer", "note": "Invoiced to the wrong company"},
    ),
    Event(
        138,
        "invoice",
        "dear_panels",
        {"customer": "automatyka", "lines": "panel 120, floodlight 20"},
    ),
    Event(
        126,
        "price",
        "dear_panels_price",
        {"of": "dear_panels", "amount": 1800.0, "note": "LED panels at 104.00"},
    ),
    # the customer uses points, then gives back what they were earned with
    Event(
        128,
        "invoice",
        "hotel",
        {"customer": "luxdom", "lines": "panel 150, floodlight 30"},
    ),
    Event(
        104,
        "order",
        "hotel_more",
        {"customer": "luxdom", "lines": "floodlight 20", "points": 25000},
    ),
    Event(
        58,
        "credit",
        "hotel_credit",
        {"of": "hotel", "note": "Project cancelled, everything returned"},
    ),
    # points used
    Event(
        176,
        "order",
        "nowak_use",
        {
            "customer": "nowak",
            "contact": "boss",
            "lines": "wallbox 2, rcd 2",
            "points": 10000,
        },
    ),
    Event(
        94,
        "order",
        "nowak_use_again",
        {
            "customer": "nowak",
            "contact": "buyer",
            "lines": "board 10, rcd 10",
            "points": 5000,
        },
    ),
    Event(
        82,
        "credit",
        "nowak_half_back",
        {"of": "nowak_use_again", "share": 0.5, "note": "Half of it returned"},
    ),
    Event(
        62,
        "order",
        "instal_use",
        {
            "customer": "instal",
            "contact": "instal_contact",
            "lines": "inverter 1, breaker 20",
            "points": 12000,
        },
    ),
    # by hand
    Event(
        70,
        "adjust",
        "fair",
        {
            "customer": "instal",
            "points": 500,
            "note": "Promised at the Warsaw trade fair",
        },
    ),
    Event(
        45,
        "level",
        "key_account",
        {
            "customer": "automatyka",
            "level": "platinum",
            "months": 12,
            "note": "Framework contract signed",
        },
    ),
    # a mistake found on the day after
    Event(
        40,
        "invoice",
        "too_many",
        {"customer": "instal_gdynia", "lines": "rcd 24, breaker 60"},
    ),
    Event(39, "amend", "amended", {"of": "too_many", "product": "rcd", "quantity": 20}),
    # a down payment, then the rest
    Event(
        35,
        "order",
        "charging_park",
        {"customer": "nowak", "lines": "wallbox 6, commissioning 6", "down": 30},
    ),
    Event(9, "rest", "charging_park_rest", {"of": "charging_park"}),
    # quotations
    Event(
        24,
        "quotation",
        "changed_mind",
        {
            "customer": "provolt",
            "contact": "provolt_contact",
            "lines": "inverter 1",
            "points": 5000,
        },
    ),
    Event(22, "release", "released", {"of": "changed_mind"}),
    Event(
        2,
        "quotation",
        "held",
        {
            "customer": "nowak",
            "contact": "buyer",
            "lines": "panel 40, floodlight 10",
            "points": 8000,
        },
    ),
    Event(
        1,
        "quotation",
        "open",
        {"customer": "instal", "lines": "wallbox 2, breaker 12"},
    ),
    # customers pay what is older than a month; the last ones at once
    Event(270, "pay", "", {"older_than": 30}),
    Event(150, "pay", "", {"older_than": 30}),
    Event(28, "pay", "", {"older_than": 30}),
)


def get_events(share=1):
    """Return what happened, the oldest first.

    :param int share: tell one in so many of the regular purchases.
    """
    events = [
        Event(
            day,
            rhythm.how,
            f"{rhythm.customer}_{day}",
            {
                "customer": rhythm.customer,
                "lines": rhythm.baskets[turn % len(rhythm.baskets)],
            },
        )
        for rhythm in RHYTHMS
        for turn, day in enumerate(
            range(rhythm.first, rhythm.last - 1, -rhythm.every * share)
        )
    ]
    return sorted([*events, *EVENTS], key=lambda event: -event.day)
