from decimal import Decimal

from ..tools import engine

HUNDRED = Decimal(100)


class Lines:
    """Turns document lines into what the engine takes, for one programme.

    A line comes as a dict with: product_id, categ_id, tag_ids, quantity (in the
    product's own unit), net and cost (of the whole line, in one currency; cost None if
    unknown), discount (%), pricelist_id, channel, order_line_id, date_order,
    is_downpayment, redemption_id, reward_kind; is_payment where a glue addon knows of
    other means of payment. Invoice lines, order lines and the portal's query give the
    same dict, so that an order promises what its invoice earns.
    """

    def __init__(self, program, matches=None, tags=None):
        """Read the terms of a programme.

        :param matches: of `program._match_domains`; none are asked if left out.
        :param tags: product id → ids of its tags, for callers that ask once for all.
        """
        self.program = program
        self.tags = tags or {}
        self.asks = program._get_rule_set().asks
        self._exclusions = program._get_exclusions()
        self._matches = matches or {}
        self._unpaid = program._get_reward_kinds_without_revenue()

    def prepare_customer(self, facts):
        """Return the customer as the rules' conditions ask for it.

        :param dict facts: id, country_id, tag_ids, and what a glue addon adds.
        """
        values = self.program._prepare_engine_customer(facts)
        domains = self._matches.get(("res.partner", facts["id"]), frozenset())
        return engine.Customer(id=facts["id"], domains=domains, **values)

    def prepare(self, row, customer, **values):
        """Return a line for the engine.

        :param engine.Customer customer: the company that is invoiced.
        :param values: key, group, base, amount and date of the line.
        """
        order_date = row["date_order"]
        product = row["product_id"] or None
        return engine.Line(
            kind=get_kind(row, self._unpaid),
            product=product,
            category=row["categ_id"] or None,
            tags=frozenset(row["tag_ids"] or ()),
            domains=self._matches.get(("product.product", product), frozenset()),
            quantity=to_decimal(row["quantity"]).copy_sign(values["base"]),
            discount=to_decimal(row["discount"]),
            margin=get_margin(row),
            exclusion=self._get_exclusion(row),
            order_line=row["order_line_id"],
            order_date=self.program._local_day(order_date) if order_date else None,
            pricelist=row["pricelist_id"] or None,
            channel=row["channel"] or "sales",
            customer=customer,
            **values,
        )

    def _get_exclusion(self, row):
        """Return the code of why a line cannot earn, or ''."""
        if row["redemption_id"] and row["reward_kind"] in self._unpaid:
            return "reward"
        return self.program._get_line_exclusion(row, self._exclusions)


def get_kind(row, without_revenue=frozenset()):
    """Return the engine's kind of a document line.

    :param frozenset without_revenue: kinds of rewards whose lines neither earn nor
        lower what other lines earn.
    """
    if row["redemption_id"]:
        no_revenue = row["reward_kind"] in without_revenue
        return "ignored" if no_revenue else "points_discount"
    is_revenue = not row["is_downpayment"] and not row.get("is_payment")
    return "product" if is_revenue else "ignored"


def get_margin(row):
    """Return what is left of a line's net after its cost, in percent of the net."""
    net = to_decimal(row["net"])
    if row["cost"] is None or not net or not row["product_id"]:
        return None
    return (net - to_decimal(row["cost"]).copy_sign(net)) * HUNDRED / net


def money(amount, currency):
    """Return a float amount as the exact decimal of its currency."""
    return Decimal(f"{amount:.{currency.decimal_places}f}")


def to_decimal(number):
    """Return a float as the decimal that it prints; 0 for none."""
    return Decimal(repr(number or 0))
