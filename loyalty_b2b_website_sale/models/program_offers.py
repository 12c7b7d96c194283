from typing import NamedTuple

from odoo import fields, models, tools
from odoo.tools import formatLang

from odoo.addons.loyalty_b2b.booking.lines import Lines, money
from odoo.addons.loyalty_b2b.tools import engine

# Given for an order or a wallet: two products on one order do not earn them twice.
PER_ORDER = frozenset({"order", "ladder", "bonus"})


class Offer(NamedTuple):
    """A product at a price of the shop, as the line of an order would say it.

    `quantity` is in the product's own unit, `net` the untaxed amount of all of it in
    the shop's currency, `discount` a percentage.
    """

    key: int
    product_id: int
    categ_id: int
    quantity: float
    net: float
    discount: float = 0.0


class LoyaltyB2bProgram(models.Model):
    """What products of a web shop earn: the evaluation of order lines, one by one."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _get_offer_points(self, offers, visit, pricelist, currency):
        """Return the points that each of the offers earns, bought by itself.

        What is given for the order as a whole or once for a wallet is left out, and
        what others used of a limit is not looked at: orders promise that. One query,
        or none if no rule asks for tags, margin or a filter.

        :param offers: list of `Offer`.
        :param visit: `Visit`, for which company.
        :param currency: of the offers' amounts, `res.currency`.
        :return: key → whole points, without those that earn nothing.
        """
        self.ensure_one()
        today = self._today()
        if not offers or not self._is_earning_on(today):
            return {}
        facts = self._find_line_facts(
            {offer.product_id for offer in offers}, visit.facts["id"], costs=True
        )
        lines = Lines(self, facts.matches)
        customer = lines.prepare_customer(visit.facts)
        terms = self._get_terms()
        own = self.env["res.currency"].browse(terms.currency_id)
        company = self.env["res.company"].browse(terms.company_id)
        costs = self._convert_offer_costs(facts.costs, company, currency, today)
        common = {"pricelist_id": pricelist.id, "date_order": fields.Datetime.now()}
        points = {}
        for offer in offers:
            row = self._prepare_offer_row(offer, facts.tags, costs)
            amount = currency._convert(offer.net, own, company, today)
            line = lines.prepare(
                {**row, **common},
                customer,
                key=f"offer:{offer.key}",
                group=f"offer:{offer.key}",
                base=money(offer.net, currency),
                amount=money(amount, own),
                date=today,
            )
            points[offer.key] = self._count_offer_points(line)
        return {key: number for key, number in points.items() if number > 0}

    def _convert_offer_costs(self, costs, company, currency, day):
        """Return costs of products in the shop's currency, as orders reckon them.

        :param dict costs: by product, in the currency of the company.
        """
        if not costs:
            return {}
        rate = currency._get_conversion_rate(
            company.currency_id, currency, company, day
        )
        return {product_id: cost * rate for product_id, cost in costs.items()}

    def _prepare_offer_row(self, offer, tags, costs):
        """Return what the engine wants to know of an offer, see `Lines`."""
        cost = costs.get(offer.product_id)
        return {
            "product_id": offer.product_id,
            "categ_id": offer.categ_id,
            "tag_ids": tags.get(offer.product_id, ()),
            "quantity": offer.quantity,
            "net": offer.net,
            "cost": None if cost is None else cost * offer.quantity,
            "discount": offer.discount,
            "channel": "web",
            "order_line_id": None,
            "is_downpayment": False,
            "redemption_id": None,
            "reward_kind": None,
        }

    def _count_offer_points(self, line):
        rules = self._get_rule_set()
        rows = [
            row for row in engine.explain([line], rules) if row.effect not in PER_ORDER
        ]
        rooms = {
            row.root: rules.capped[row.rule].cap
            for row in rows
            if row.rule in rules.capped
        }
        return engine.extend([], rows, rules, rooms)[1].points

    # === WORDS === #

    def _get_offer_text(self, points):
        """Return what a product says of its points: “Earn 120 points”."""
        return self.env._(
            "Earn %(points)s %(name)s",
            points=formatLang(self.env, points, digits=0),
            name=self._get_offer_names()[points != 1],
        )

    @tools.ormcache("self.id", "self.env.lang")
    def _get_offer_names(self):
        """Return how one point and how several are called."""
        return self._get_point_name(1), self._get_point_name(2)
