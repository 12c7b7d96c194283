from collections import defaultdict
from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

# In the query: rows that are no rules.
TAG, COST = -1, -2


class Facts(NamedTuple):
    """What rules ask of products and a customer, as plain values.

    `matches` as of `program._match_domains`, `tags` by product (ids, not to be
    repeated), `costs` by product, of one unit in the currency of the company.
    """

    matches: dict
    tags: dict
    costs: dict


class LoyaltyB2bProgram(models.Model):
    """What the rules ask of the products of one page or order, in one query."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _find_line_facts(self, product_ids, partner_id, costs=False):
        """Return what the rules ask; no query at all if they ask for nothing.

        :param set product_ids: ids of `product.product`.
        :param int partner_id: the company that is invoiced.
        :param bool costs: whether the caller wants what products cost, too.
        :return: `Facts`.
        """
        product_ids = product_ids - {False, None}
        domains = self._find_domain_queries(product_ids, {partner_id})
        queries = [
            SQL("SELECT %s AS place, m.id, NULL::numeric FROM (%s) AS m", place, query)
            for place, (_model, _rule_ids, query) in enumerate(domains)
        ]
        asks = self._get_rule_set().asks if product_ids else ()
        if "tags" in asks:
            queries += self._get_tag_queries(list(product_ids))
        if costs and "min_margin" in asks:
            queries.append(self._get_cost_query(list(product_ids)))
        facts = Facts(defaultdict(frozenset), defaultdict(list), {})
        for place, record_id, value in self._query_facts(queries):
            if place == TAG:
                facts.tags[record_id].append(int(value))
            elif place == COST:
                facts.costs[record_id] = float(value or 0)
            else:
                model, rule_ids, _query = domains[place]
                facts.matches[model, record_id] |= rule_ids
        return facts

    def _query_facts(self, queries):
        if not queries:
            return []
        return self.env.execute_query(SQL(" UNION ALL ").join(queries))

    def _get_tag_queries(self, product_ids):
        """Return the queries of the tags of products, own ones and their templates'."""
        own = self.env["product.product"]._fields["additional_product_tag_ids"]
        shared = self.env["product.template"]._fields["product_tag_ids"]
        self.env["product.product"].flush_model(["product_tmpl_id"])
        return [
            SQL(
                "SELECT %s AS place, r.%s, r.%s::numeric"
                " FROM %s r WHERE r.%s = ANY(%s)",
                TAG,
                SQL.identifier(own.column1),
                SQL.identifier(own.column2),
                SQL.identifier(own.relation),
                SQL.identifier(own.column1),
                product_ids,
            ),
            SQL(
                "SELECT %s AS place, p.id, r.%s::numeric FROM product_product p"
                " JOIN %s r ON r.%s = p.product_tmpl_id WHERE p.id = ANY(%s)",
                TAG,
                SQL.identifier(shared.column2),
                SQL.identifier(shared.relation),
                SQL.identifier(shared.column1),
                product_ids,
            ),
        ]

    def _get_cost_query(self, product_ids):
        """Return the query of what products cost, by the programme's company."""
        company = self.env["res.company"].browse(self._get_terms().company_id)
        products = self.env["product.product"].sudo().with_company(company)
        query = products.browse(product_ids)._as_query(ordered=False)
        cost = products._field_to_sql(query.table, "standard_price", query)
        return query.select(
            SQL("%s AS place", COST),
            SQL.identifier(query.table, "id"),
            SQL("(%s)::numeric", cost),
        )
