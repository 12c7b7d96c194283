from decimal import Decimal
from typing import NamedTuple

from odoo import models

from odoo.addons.loyalty_b2b.booking.lines import Lines
from odoo.addons.loyalty_b2b.tools import engine

EXAMPLE = Decimal(1000)
MOST_AMOUNTS = 5
MOST_COVERS = 10
# so little that no amount counts where units do
LEAST = Decimal("0.01")


class Cover(NamedTuple):
    """One thing that rules name: a product, a category, a tag, or anything else."""

    name: str = ""
    product_id: int | None = None
    category_id: int | None = None
    tag_id: int | None = None


class LoyaltyB2bProgram(models.Model):
    """The point table: what purchases earn, as examples that the engine works out."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _prepare_shop_examples(self):
        """Return what orders in the web shop earn, without a level and on each.

        Worked out as for a new customer of the seller's country, who is offered
        nothing that is for selected customers.

        :return: dict of `columns`, the names of the levels ('' where there is none),
            and `rows`, dicts of `what`, `order` and `points` (texts, one per column).
        """
        self.ensure_one()
        tiers = self._get_shop_example_tiers()
        found = {}
        for cover, order, quantity, amount, rules in self._get_shop_example_orders():
            points = tuple(
                self._count_shop_example(cover, quantity, amount, rules, tier_id)
                for tier_id, _name in tiers
            )
            if any(points):
                found.setdefault((order, points), []).append(cover.name)
        columns = [name for _tier_id, name in tiers]
        if all(len(set(points)) == 1 for _order, points in found):
            columns = [""]
        rule = self.env["loyalty.b2b.rule"]
        rows = [
            {
                "what": "" if "" in names else rule._format_names(names),
                "order": order,
                "points": [
                    self._format_portal_points(number) if number else "–"
                    for number in points[: len(columns)]
                ],
            }
            for (order, points), names in found.items()
        ]
        return {"columns": columns if rows else [], "rows": rows}

    def _get_shop_example_tiers(self):
        """Return the columns of the table: (id, name) of levels, (None, '') first."""
        cards = self._get_tier_cards()
        tiers = [(card.id, card.name) for card in cards]
        if cards and not cards[0].threshold:
            # everybody holds the first level
            return tiers
        return [(None, ""), *tiers]

    def _get_shop_example_orders(self):
        """Yield the orders of the table.

        :return: of (cover, what is ordered in words, quantity, amount, rule set); the
            amount is untaxed, in the programme's currency.
        """
        rules = self._get_shop_example_rules()
        ruleset = engine.RuleSet(rules)
        covers = self._get_shop_example_covers(rules)
        for cover in [Cover(), *covers][: MOST_COVERS + 1]:
            named = [rule for rule in rules if self._names_shop_cover(rule, cover)]
            for amount in self._get_shop_example_amounts(named, cover):
                text = self._format_tier_amount(float(amount))
                yield cover, text, Decimal(0), amount, ruleset
            multipliers = [rule for rule in rules if rule.effect == "multiplier"]
            for rule in named:
                if rule.effect == "unit":
                    text = self._get_shop_units_text(rule)
                    units = engine.RuleSet([rule, *multipliers])
                    yield cover, text, rule.per, LEAST, units

    def _get_shop_example_rules(self):
        """Return the engine's rules that count for an order invoiced today.

        What is given once, or later in an entry of its own, is said in words.
        """
        today = self._today()
        return [
            rule
            for rule in self._get_rule_set().rules
            if rule.effect != "bonus"
            and not rule.is_deferred
            and not rule.has_product_domain
            and (not rule.date_start or rule.date_start <= today)
            and (not rule.date_end or rule.date_end >= today)
        ]

    def _get_shop_example_covers(self, rules):
        """Return what the rules name, each once, in the order of the rules."""
        covers = {}
        for rule in self.env["loyalty.b2b.rule"].browse(one.id for one in rules):
            for category in rule.category_ids:
                covers[Cover(category.name, category_id=category.id)] = True
            for tag in rule.product_tag_ids:
                covers[Cover(tag.name, tag_id=tag.id)] = True
            for product in rule.product_ids:
                covers[Cover(product.display_name, product.id, product.categ_id.id)] = (
                    True
                )
        return list(covers)

    def _names_shop_cover(self, rule, cover):
        """Tell whether a rule is for what an example is of."""
        if not cover.name:
            return not (rule.products or rule.categories or rule.tags)
        return (
            cover.product_id in rule.products
            or cover.category_id in rule.categories
            or cover.tag_id in rule.tags
        )

    def _get_shop_example_amounts(self, rules, cover):
        """Return a round amount and those from which rules give more, ascending."""
        steps = [rule.per for rule in rules if rule.effect == "step"]
        by_amount = [rule for rule in rules if rule.effect != "unit"]
        if not by_amount:
            return []
        amounts = {max([EXAMPLE, *steps])}
        for rule in by_amount:
            amounts.update(amount for amount, _points in rule.steps)
            amounts.update(filter(None, (rule.min_amount, rule.min_line_amount)))
        return sorted(amounts)[:MOST_AMOUNTS]

    def _get_shop_units_text(self, rule):
        units = self.env["loyalty.b2b.rule"]._format_number(float(rule.per))
        if rule.per == 1:
            return self.env._("1 unit")
        return self.env._("%(units)s units", units=units)

    def _count_shop_example(self, cover, quantity, amount, ruleset, tier_id):
        """Return the whole points that one order earns, as posting counts them."""
        lines = Lines(self)
        country = self.company_id.country_id.id
        customer = lines.prepare_customer(
            {"id": None, "country_id": country, "tag_ids": (), "tier_id": tier_id}
        )
        line = lines.prepare(
            {
                "product_id": cover.product_id,
                "categ_id": cover.category_id,
                "tag_ids": [cover.tag_id] if cover.tag_id else (),
                "quantity": float(quantity),
                "net": float(amount),
                "cost": None,
                "discount": 0,
                "pricelist_id": None,
                "channel": "web",
                "order_line_id": None,
                "date_order": None,
                "is_downpayment": False,
                "redemption_id": None,
                "reward_kind": False,
            },
            customer,
            key="sol:0",
            group="order:0",
            base=amount,
            amount=amount,
            date=self._today(),
        )
        digits = self.currency_id.decimal_places
        return engine.try_out([line], ruleset, digits=digits).points
