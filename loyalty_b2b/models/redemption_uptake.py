from odoo import api, fields, models
from odoo.tools import SQL

USED = ("reserved", "done", "fulfilled")


class LoyaltyB2bRedemption(models.Model):
    """What points are used for: kinds of rewards, months, levels, in SQL."""

    _inherit = "loyalty.b2b.redemption"

    tier_id = fields.Many2one(
        related="wallet_id.tier_id",
        string="Level",
        help="Of the customer, as it is now.",
    )
    account_manager_id = fields.Many2one(
        related="wallet_id.user_id", string="Account manager"
    )
    use_kind = fields.Selection(
        selection="_get_use_kinds",
        string="Used for",
        compute="_compute_use_kind",
        search="_search_use_kind",
        help="The kind of reward, or a discount of any amount.",
    )
    worth = fields.Monetary(
        string="Worth of the points",
        compute="_compute_worth",
        currency_field="program_currency_id",
        help="At the rate of the use, in the currency of the programme.",
    )

    # === COMPUTE METHODS === #

    @api.model
    def _get_use_kinds(self):
        kinds = self.env["loyalty.b2b.reward"]._fields["kind"]
        any_amount = self.env._("Discount of any amount")
        return [("points", any_amount), *kinds._description_selection(self.env)]

    @api.depends("reward_kind")
    def _compute_use_kind(self):
        for redemption in self:
            redemption.use_kind = redemption.reward_kind or "points"

    def _search_use_kind(self, operator, value):
        if operator != "in":
            return NotImplemented
        kinds = {False if kind == "points" else kind for kind in value}
        return [("reward_kind", "in", list(kinds))]

    def _compute_worth(self):
        for redemption in self:
            redemption.worth = 0.0
        if not self.ids:
            return
        self.flush_model(["points", "rate_points", "rate_amount", "program_id"])
        rows = self.env.execute_query(
            SQL(
                "SELECT r.id, %s FROM loyalty_b2b_redemption r WHERE r.id = ANY(%s)",
                self._get_worth_sql("r"),
                list(self.ids),
            )
        )
        for redemption_id, worth in rows:
            self.browse(redemption_id).worth = worth

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "use_kind":
            kind = self._field_to_sql(alias, "reward_kind", query)
            return SQL("COALESCE(%s, 'points')", kind)
        if field_expr == "worth":
            return self._get_worth_sql(alias)
        return super()._field_to_sql(alias, field_expr, query)

    @api.model
    def _get_worth_sql(self, alias):
        """Return SQL for the worth of the points in the programme's currency.

        Rewards that stand on no order remember no rate: theirs is that of the day.
        """
        return SQL(
            """COALESCE(
                %(points)s * %(rate_amount)s::numeric / NULLIF(%(rate_points)s, 0),
                (SELECT %(points)s * rate.amount::numeric / rate.points
                   FROM loyalty_b2b_rate rate
                  WHERE rate.program_id = %(program)s
                    AND rate.date_start <= %(day)s::date
                  ORDER BY rate.date_start DESC LIMIT 1),
                0)""",
            points=SQL.identifier(alias, "points"),
            rate_amount=SQL.identifier(alias, "rate_amount"),
            rate_points=SQL.identifier(alias, "rate_points"),
            program=SQL.identifier(alias, "program_id"),
            day=SQL.identifier(alias, "create_date"),
        )
