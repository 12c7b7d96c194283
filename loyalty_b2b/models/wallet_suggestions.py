from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

MONTHS = 12
# What bounds the work, however large the ledger of invoices is.
OWN_PRODUCTS = 20
CATEGORY_PRODUCTS = 60
LINES_PER_PRODUCT = 1000
NEIGHBOURS = 40
LINES_PER_NEIGHBOUR = 1000
# Nobody learns from a suggestion what one single other customer buys.
LEAST_CUSTOMERS = 2


class LoyaltyB2bWallet(models.Model):
    """Products worth suggesting: bought by similar customers, not yet by this one."""

    _inherit = "loyalty.b2b.wallet"

    # === ACTION METHODS === #

    def get_suggestions(self):
        """Return what can be suggested to the customer, for the tab of the wallet.

        :return: dict with `rewards`, see `_get_next_rewards`, and `products`, see
            `_get_product_suggestions`; read by the client when the tab is opened.
        :raises AccessError: for who may not see the wallet.
        """
        self.ensure_one()
        self.check_access("read")
        return {
            "rewards": self._get_next_rewards(),
            "products": self._get_product_suggestions(),
        }

    # === BUSINESS METHODS === #

    def _get_product_suggestions(self, limit=5):
        """Return products that similar customers buy and this one never bought.

        Similar are participants of the same programme who bought the same products in
        the last 12 months, or products of the same categories. The caller has checked
        who asks. Two queries besides the products' own columns, of bounded size.

        :param int limit: how many at most.
        :return: list of dicts with `product_id`, `template_id`, `name`, `code` ('' if
            there is none), `customers` (how many of the similar ones bought it) and
            `similar` (how many there are); nothing for who does not take part.
        """
        self.ensure_one()
        wallet = self.sudo()
        if wallet.is_control or wallet.state == "left" or wallet.merged_into_id:
            return []
        rows = wallet._query_suggestions(limit)
        products = self.env["product.product"].sudo().with_context(lang=self.env.lang)
        products = products.browse([row["product_id"] for row in rows])
        return [
            {
                **row,
                "template_id": product.product_tmpl_id.id,
                "name": product.with_context(display_default_code=False).display_name,
                "code": product.default_code or "",
            }
            for row, product in zip(rows, products, strict=True)
        ]

    def _query_suggestions(self, limit):
        """Return product_id, customers and similar of what is worth suggesting."""
        program, exclusions = self.program_id, self.program_id._get_exclusions()
        self._flush_suggestions()
        self._spare_compilation()
        parts = {
            "own": self._get_own_products_sql(),
            "neighbours": self._get_neighbours_sql(),
            "bought": self._get_bought_sql(),
            "least": LEAST_CUSTOMERS,
            "company": program.company_id.id,
            "products": [*exclusions["products"], *self._get_exclusive_product_ids()],
            "categories": list(exclusions["categories"]),
            "limit": limit,
        }
        return self.env.execute_query_dict(
            SQL(
                """
            WITH partners AS MATERIALIZED (%(partners)s),
                 own AS MATERIALIZED (%(own)s),
                 neighbours AS MATERIALIZED (%(neighbours)s),
                 bought AS MATERIALIZED (%(bought)s)
            SELECT b.product_id, COUNT(*)::int AS customers,
                   (SELECT COUNT(*)::int FROM neighbours) AS similar
              FROM bought b
              JOIN product_product p ON p.id = b.product_id
              JOIN product_template t ON t.id = p.product_tmpl_id
             WHERE p.active AND t.active AND t.sale_ok
               AND (t.company_id IS NULL OR t.company_id = %(company)s)
               AND p.id <> ALL(%(products)s::int[])
               AND (t.categ_id <> ALL(%(categories)s::int[])) IS NOT FALSE
               AND t.id NOT IN (SELECT template_id FROM own)
             GROUP BY b.product_id
            HAVING COUNT(*) >= %(least)s
             ORDER BY SUM(b.likeness) DESC, COUNT(*) DESC, b.product_id
             LIMIT %(limit)s
                """,
                partners=self._get_partners_sql(SQL("%s", self.id)),
                **parts,
            )
        )

    def _flush_suggestions(self):
        """Write what the query reads."""
        self.env["account.move.line"].flush_model()
        self.env["product.template"].flush_model(["active", "sale_ok", "categ_id"])
        self.env["product.product"].flush_model(["active", "product_tmpl_id"])
        self.env["loyalty.b2b.participant"].flush_model()

    def _get_exclusive_product_ids(self):
        """Return the products that are only to be had as a reward."""
        rewards = self.env["loyalty.b2b.reward"].sudo()
        rewards = rewards.search_fetch(
            [
                ("program_id", "=", self.program_id.id),
                ("is_exclusive", "=", True),
                ("product_id", "!=", False),
            ],
            ["product_id"],
        )
        return rewards.product_id.ids

    def _get_partners_sql(self, wallet):
        """Return SQL for the companies of a wallet: partner_id."""
        return SQL(
            """SELECT partner_id FROM loyalty_b2b_participant
                WHERE wallet_id = %s AND (date_end IS NULL OR date_end >= %s)""",
            wallet,
            self.program_id._today(),
        )

    def _get_sales_sql(self, with_since=True):
        """Return the conditions on `l` and `m` of an invoice line that is a sale."""
        since = self.program_id._today() - relativedelta(months=MONTHS)
        return SQL(
            """l.parent_state = 'posted' AND l.display_type = 'product'
                   AND l.company_id = %s AND m.move_type = 'out_invoice'
                   AND l.product_id IS NOT NULL AND %s""",
            self.company_id.id,
            SQL("l.date >= %s", since) if with_since else SQL("TRUE"),
        )

    def _get_own_products_sql(self):
        """Return SQL for what the customer ever bought: template_id, product_id,
        categ_id and the last day."""
        return SQL(
            """
                SELECT p.product_tmpl_id AS template_id, l.product_id, t.categ_id,
                       MAX(l.date) AS day
                  FROM account_move_line l
                  JOIN account_move m ON m.id = l.move_id
                  JOIN product_product p ON p.id = l.product_id
                  JOIN product_template t ON t.id = p.product_tmpl_id
                 WHERE l.partner_id IN (SELECT partner_id FROM partners) AND %s
                 GROUP BY 1, 2, 3
            """,
            self._get_sales_sql(with_since=False),
        )

    def _get_neighbours_sql(self):
        """Return SQL for similar participants: wallet_id and likeness.

        The same product counts twice as much as one of the same category.
        """
        return SQL(
            """
                SELECT p.wallet_id, SUM(buyers.weight) AS likeness
                  FROM (%(basis)s) basis
                 CROSS JOIN LATERAL (
                       SELECT DISTINCT sample.partner_id, basis.weight
                         FROM (SELECT l.partner_id
                                 FROM account_move_line l
                                 JOIN account_move m ON m.id = l.move_id
                                WHERE l.product_id = basis.product_id AND %(sales)s
                                LIMIT %(lines)s) sample) buyers
                  JOIN loyalty_b2b_participant p ON p.partner_id = buyers.partner_id
                  JOIN loyalty_b2b_wallet w ON w.id = p.wallet_id
                 WHERE p.program_id = %(program)s AND p.wallet_id <> %(wallet)s
                   AND w.state <> 'left' AND w.merged_into_id IS NULL
                 GROUP BY p.wallet_id
                 ORDER BY likeness DESC, p.wallet_id
                 LIMIT %(neighbours)s
            """,
            basis=self._get_basis_sql(),
            sales=self._get_sales_sql(),
            lines=LINES_PER_PRODUCT,
            program=self.program_id.id,
            wallet=self.id,
            neighbours=NEIGHBOURS,
        )

    def _get_basis_sql(self):
        """Return SQL for the products by which customers are compared, with weight."""
        return SQL(
            """
                (SELECT product_id, 2 AS weight FROM own
                  WHERE day >= %(since)s ORDER BY day DESC, product_id LIMIT %(own)s)
                UNION ALL
                (SELECT p.id, 1
                   FROM product_template t
                   JOIN product_product p ON p.product_tmpl_id = t.id
                  WHERE t.sale_ok AND t.active AND p.active
                    AND t.categ_id IN (SELECT categ_id FROM own WHERE day >= %(since)s)
                    AND p.id NOT IN (SELECT product_id FROM own)
                  ORDER BY p.id LIMIT %(more)s)
            """,
            since=self.program_id._today() - relativedelta(months=MONTHS),
            own=OWN_PRODUCTS,
            more=CATEGORY_PRODUCTS,
        )

    def _get_bought_sql(self):
        """Return SQL for what similar participants bought: wallet_id, product_id,
        likeness."""
        return SQL(
            """
                SELECT DISTINCT s.wallet_id, bought.product_id, s.likeness
                  FROM neighbours s
                  JOIN loyalty_b2b_participant p ON p.wallet_id = s.wallet_id
                 CROSS JOIN LATERAL (
                       SELECT l.product_id
                         FROM account_move_line l
                         JOIN account_move m ON m.id = l.move_id
                        WHERE l.partner_id = p.partner_id AND %(sales)s
                        LIMIT %(lines)s) bought
            """,
            sales=self._get_sales_sql(),
            lines=LINES_PER_NEIGHBOUR,
        )
