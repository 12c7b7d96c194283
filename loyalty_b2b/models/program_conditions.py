import logging
from collections import defaultdict

from odoo import models, tools
from odoo.fields import Domain
from odoo.tools import SQL
from odoo.tools.safe_eval import safe_eval

_logger = logging.getLogger(__name__)

DOMAINS = (
    ("product.product", "product_domain"),
    ("res.partner", "customer_domain"),
)


class LoyaltyB2bProgram(models.Model):
    """What the conditions of rules ask of products and customers."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _prepare_engine_customer(self, facts):
        """Return the customer's values for the engine, but for the domains.

        :param dict facts: country_id, tag_ids and tier_id; glue addons give more.
        """
        return {
            "country": facts["country_id"] or None,
            "tags": frozenset(facts["tag_ids"] or ()),
            "tier": facts["tier_id"] or None,
        }

    def _match_domains(self, product_ids, partner_ids):
        """Return the rules whose product or customer domain holds, in one query.

        No query at all if no rule has one. A domain that cannot be read is logged and
        holds for nothing.

        :return: (model, id) → ids of rules.
        """
        places = self._find_domain_queries(product_ids, partner_ids)
        if not places:
            return {}
        queries = [
            SQL("SELECT %s AS place, m.id FROM (%s) AS m", place, query)
            for place, (_model, _rule_ids, query) in enumerate(places)
        ]
        matches = defaultdict(frozenset)
        for place, record_id in self.env.execute_query(
            SQL(" UNION ALL ").join(queries)
        ):
            model, rule_ids, _query = places[place]
            matches[model, record_id] |= rule_ids
        return dict(matches)

    def _find_domain_queries(self, product_ids, partner_ids):
        """Return (model, ids of rules, subquery of the ids for which they hold).

        For who asks more at the same time; see `_match_domains`.
        """
        ids = {"product.product": product_ids, "res.partner": partner_ids}
        wanted = defaultdict(frozenset)
        for program in self:
            for place, rule_ids in program._get_domains().items():
                if ids[place[0]]:
                    wanted[place] |= rule_ids
        return [
            (model, rule_ids, query)
            for (model, text), rule_ids in wanted.items()
            for query in self._get_domain_query(model, text, ids[model])
        ]

    @tools.ormcache("self.id")
    def _get_domains(self):
        """Return (model, domain of a rule) → ids of the rules that have it."""
        domains = defaultdict(frozenset)
        for rule in self.sudo().rule_ids:
            for model, field in DOMAINS:
                if rule[field] and rule[field] != "[]":
                    domains[model, rule[field]] |= {rule.id}
        return dict(domains)

    def _get_domain_query(self, model, text, ids):
        """Return a list with the subquery of a domain; empty if it cannot be read."""
        try:
            domain = Domain(safe_eval(text)) & Domain("id", "in", sorted(ids))
            records = self.env[model].sudo().with_context(active_test=False)
            return [records._search(domain).select()]
        except Exception:
            _logger.exception("Domain %s on %s cannot be read", text, model)
            return []
