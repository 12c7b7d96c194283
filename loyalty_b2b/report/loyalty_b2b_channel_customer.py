from odoo import api, fields, models
from odoo.tools import SQL

from ..models.sale_order_channel import OFFLINE


class LoyaltyB2bChannelCustomer(models.Model):
    """A customer that takes part: what it ordered online before joining and since."""

    _name = "loyalty.b2b.channel.customer"
    _inherit = ["loyalty.b2b.shares.mixin"]
    _description = "B2B Loyalty Customer Moving Online"
    _auto = False
    _order = "online_change desc, id"
    _rec_name = "partner_id"
    _depends = {
        "loyalty.b2b.channel.report": ["amount", "channel", "period"],
        "loyalty.b2b.participant": ["date_start", "partner_id", "wallet_id"],
        "sale.order": ["amount_untaxed", "date_order", "partner_id", "state"],
    }

    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Account manager", readonly=True
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        readonly=True,
        help="The one that the customer joined first.",
    )
    wallet_id = fields.Many2one(comodel_name="loyalty.b2b.wallet", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    is_control = fields.Boolean(string="Control group", readonly=True)
    date_joined = fields.Date(string="Joined on", readonly=True)
    orders_before = fields.Integer(string="Orders before", readonly=True)
    orders_since = fields.Integer(string="Orders since", readonly=True)
    online_before = fields.Integer(string="Orders online before", readonly=True)
    online_since = fields.Integer(string="Orders online since", readonly=True)
    amount_before = fields.Monetary(
        string="Turnover before",
        readonly=True,
        help="Net, in the company's currency, before the customer joined.",
    )
    amount_since = fields.Monetary(
        string="Turnover since",
        readonly=True,
        help="Net, in the company's currency, since the customer joined.",
    )
    online_amount_before = fields.Monetary(
        string="Turnover online before", readonly=True
    )
    online_amount_since = fields.Monetary(string="Turnover online since", readonly=True)
    share_before = fields.Float(
        string="Online before",
        readonly=True,
        aggregator="avg",
        help="Share of the orders before joining that came in online, 0–1.",
    )
    share_since = fields.Float(
        string="Online since",
        readonly=True,
        aggregator="avg",
        help="Share of the orders since joining that came in online, 0–1.",
    )
    online_change = fields.Float(
        string="Change",
        readonly=True,
        aggregator="avg",
        help="Share online since joining less that before, −1 to 1. Nothing where the"
        " customer ordered only before or only since.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        """Return one row a customer and company; orders are read once."""
        return SQL(
            """
            SELECT j.id, j.partner_id, c.user_id, j.program_id, j.wallet_id,
                   j.company_id, company.currency_id, w.is_control,
                   j.date_start AS date_joined, %(names)s, %(shares)s
              FROM loyalty_b2b_participant j
              JOIN loyalty_b2b_wallet w ON w.id = j.wallet_id
              JOIN res_partner c ON c.id = j.partner_id
              JOIN res_company company ON company.id = j.company_id
              LEFT JOIN (%(ordered)s) f ON f.id = j.id
             -- the first participation, as in the report
             WHERE NOT EXISTS (
                SELECT FROM loyalty_b2b_participant e
                 WHERE e.partner_id = j.partner_id AND e.company_id = j.company_id
                   AND (e.date_start, e.id) < (j.date_start, j.id))
            """,
            ordered=self._get_ordered_sql(),
            names=SQL(", ").join(
                SQL("COALESCE(f.%(name)s, 0) AS %(name)s", name=SQL.identifier(name))
                for name in self._get_figures()
            ),
            shares=self._get_shares_sql(),
        )

    @api.model
    def _get_ordered_sql(self):
        """Return what was ordered for each participation, before it and since."""
        report = self.env["loyalty.b2b.channel.report"]
        return SQL(
            """
            SELECT placed.id, %(figures)s
              FROM (
                    SELECT t.id, o.date_order < %(moment)s AS is_before,
                           %(channel)s <> %(offline)s AS is_online,
                           %(amount)s::float AS amount
                      FROM sale_order o
                      JOIN res_partner p ON p.id = o.partner_id
                      JOIN loyalty_b2b_participant t
                        ON t.partner_id = p.commercial_partner_id
                       AND t.company_id = o.company_id
                      JOIN loyalty_b2b_program g ON g.id = t.program_id
                     WHERE o.state = 'sale'
                    -- what stands above is worked out once a row, not once a figure
                    OFFSET 0
              ) placed
             GROUP BY placed.id
            """,
            figures=self._get_figures_sql(),
            moment=report._get_moment_sql("t"),
            channel=self.env["sale.order"]._get_loyalty_b2b_channel_sql(),
            offline=OFFLINE,
            amount=report._get_amount_sql(),
        )

    @api.model
    def _get_figures(self):
        """Return what is summed up of orders: name → (sum, condition) in SQL."""
        figures = {}
        for suffix, when in (("before", "is_before"), ("since", "NOT is_before")):
            online = f"{when} AND is_online"
            figures[f"orders_{suffix}"] = ("COUNT(*)", when)
            figures[f"online_{suffix}"] = ("COUNT(*)", online)
            figures[f"amount_{suffix}"] = ("SUM(amount)", when)
            figures[f"online_amount_{suffix}"] = ("SUM(amount)", online)
        return figures

    @api.model
    def _get_figures_sql(self):
        return SQL(", ").join(
            SQL(
                "%s FILTER (WHERE %s) AS %s",
                SQL(aggregate),
                SQL(condition),
                SQL.identifier(name),
            )
            for name, (aggregate, condition) in self._get_figures().items()
        )

    @api.model
    def _get_shares_sql(self):
        """Return the shares of one row; 0 where there is nothing to divide by."""
        before = SQL("f.online_before / NULLIF(f.orders_before, 0)::float")
        since = SQL("f.online_since / NULLIF(f.orders_since, 0)::float")
        return SQL(
            "COALESCE(%(before)s, 0) AS share_before,"
            " COALESCE(%(since)s, 0) AS share_since,"
            " COALESCE(%(since)s - %(before)s, 0) AS online_change",
            before=before,
            since=since,
        )

    @api.model
    def _get_shares(self):
        before = ("online_before", "orders_before")
        since = ("online_since", "orders_since")
        return {
            "share_before": [(1, *before)],
            "share_since": [(1, *since)],
            "online_change": [(1, *since), (-1, *before)],
        }

    # === ACTION METHODS === #

    def action_open(self):
        """Show the customer's orders by channel, before joining and since."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_channel_report_action"
        )
        return {
            **action,
            "name": self.partner_id.display_name,
            "display_name": self.partner_id.display_name,
            "views": [(False, "pivot"), (False, "graph"), (False, "list")],
            "domain": [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
            ],
            "context": {
                "pivot_measures": ["order_count", "amount"],
                "pivot_row_groupby": ["period", "date:month"],
                "pivot_column_groupby": ["channel"],
            },
        }
