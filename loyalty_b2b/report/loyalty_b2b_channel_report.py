from odoo import api, fields, models
from odoo.tools import SQL

from ..models.sale_order_channel import CHANNELS, OFFLINE


class LoyaltyB2bChannelReport(models.Model):
    """A confirmed order: how it came in, and whether its customer took part by then."""

    _name = "loyalty.b2b.channel.report"
    _inherit = ["loyalty.b2b.shares.mixin"]
    _description = "B2B Loyalty Online Migration"
    _auto = False
    _order = "date desc, id desc"
    _rec_name = "order_id"
    _depends = {
        "loyalty.b2b.participant": [
            "company_id",
            "date_start",
            "partner_id",
            "program_id",
            "wallet_id",
        ],
        "loyalty.b2b.program": ["tz"],
        "loyalty.b2b.wallet": ["is_control"],
        "res.company": ["currency_id"],
        "res.partner": ["commercial_partner_id", "user_id"],
        "sale.order": [
            "amount_untaxed",
            "company_id",
            "currency_rate",
            "date_order",
            "loyalty_b2b_channel",
            "partner_id",
            "signed_by",
            "state",
            "team_id",
            "user_id",
        ],
    }

    date = fields.Datetime(string="Ordered on", readonly=True)
    order_id = fields.Many2one(comodel_name="sale.order", readonly=True)
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Account manager", readonly=True
    )
    salesperson_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        help="Who the order belongs to, whoever looks after the customer.",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales team", readonly=True
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        readonly=True,
        help="The one that the customer joined first.",
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    channel = fields.Selection(selection=CHANNELS, readonly=True)
    period = fields.Selection(
        selection=[
            ("before", "Before joining"),
            ("since", "Since joining"),
            ("control", "Control group"),
            ("outside", "Does not take part"),
        ],
        string="Participation",
        readonly=True,
    )
    order_count = fields.Integer(string="Orders", readonly=True)
    online_count = fields.Integer(
        string="Orders online",
        readonly=True,
        help="Orders of all channels except the salesperson.",
    )
    amount = fields.Monetary(
        string="Turnover", readonly=True, help="Net, in the company's currency."
    )
    online_amount = fields.Monetary(string="Turnover online", readonly=True)
    online_share = fields.Float(
        string="Share of orders online",
        readonly=True,
        aggregator="avg",
        help="0–1; of a group its orders online among all its orders.",
    )
    online_amount_share = fields.Float(
        string="Share of turnover online",
        readonly=True,
        aggregator="avg",
        help="0–1; of a group its turnover online in all its turnover.",
    )

    # === QUERY === #

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT o.id, o.id AS order_id, o.date_order AS date, c.id AS partner_id,
                   c.user_id, o.user_id AS salesperson_id, o.team_id, j.program_id,
                   o.company_id, company.currency_id, x.channel, x.amount,
                   CASE WHEN j.id IS NULL THEN 'outside'
                        WHEN w.is_control THEN 'control'
                        WHEN o.date_order < %(moment)s THEN 'before'
                        ELSE 'since' END AS period,
                   1 AS order_count, (x.channel <> %(offline)s)::int AS online_count,
                   (x.channel <> %(offline)s)::int::float AS online_share,
                   (x.channel <> %(offline)s)::int::float AS online_amount_share,
                   CASE WHEN x.channel <> %(offline)s THEN x.amount ELSE 0 END
                   AS online_amount
              FROM sale_order o
              JOIN res_company company ON company.id = o.company_id
              JOIN res_partner p ON p.id = o.partner_id
              JOIN res_partner c ON c.id = COALESCE(p.commercial_partner_id, p.id)
              LEFT JOIN (%(joined)s) j
                     ON j.partner_id = c.id AND j.company_id = o.company_id
              LEFT JOIN loyalty_b2b_wallet w ON w.id = j.wallet_id
              LEFT JOIN loyalty_b2b_program g ON g.id = j.program_id
             CROSS JOIN LATERAL (SELECT %(channel)s AS channel, %(amount)s AS amount) x
             WHERE o.state = 'sale'
            """,
            offline=OFFLINE,
            joined=self._get_joined_sql(),
            moment=self._get_moment_sql("j"),
            channel=self.env["sale.order"]._get_loyalty_b2b_channel_sql(),
            amount=self._get_amount_sql(),
        )

    @api.model
    def _get_joined_sql(self):
        """Return the participation of each customer, by company: the first one.

        PostgreSQL reads it in the order of an index, and not at all where nobody asks.
        """
        return SQL(
            """
            SELECT DISTINCT ON (t.partner_id, t.company_id)
                   t.id, t.partner_id, t.company_id, t.program_id, t.wallet_id,
                   t.date_start
              FROM loyalty_b2b_participant t
             ORDER BY t.partner_id, t.company_id, t.date_start, t.id
            """
        )

    @api.model
    def _get_moment_sql(self, alias):
        """Return the moment (UTC) of joining: when the day begins in programme `g`.

        :param str alias: of the row with `date_start`.
        """
        return SQL(
            "(%s::timestamp AT TIME ZONE COALESCE(g.tz, 'UTC') AT TIME ZONE 'UTC')",
            SQL.identifier(alias, "date_start"),
        )

    @api.model
    def _get_amount_sql(self):
        """Return the net amount of an order `o` in the company's currency."""
        # most orders need no slow division
        return SQL(
            """(CASE WHEN COALESCE(o.currency_rate, 0) IN (0, 1) THEN o.amount_untaxed
                     ELSE o.amount_untaxed / o.currency_rate END)"""
        )

    @api.model
    def _get_shares(self):
        return {
            "online_share": [(1, "online_count", "order_count")],
            "online_amount_share": [(1, "online_amount", "amount")],
        }

    # === ACTION METHODS === #

    def action_open(self):
        """Open the order, for who may read it."""
        self.ensure_one()
        return self.order_id.get_formview_action()
