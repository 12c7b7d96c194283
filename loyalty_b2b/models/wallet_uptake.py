from odoo import api, fields, models
from odoo.tools import SQL

from .redemption_uptake import USED


class LoyaltyB2bWallet(models.Model):
    """Who uses points at all: a share that can be grouped by anything."""

    _inherit = "loyalty.b2b.wallet"

    used_share = fields.Float(
        string="Share that used points",
        compute="_compute_used_share",
        compute_sudo=True,
        aggregator="avg",
        help="Of one customer 1 or 0: whether any points were ever used or are held.",
    )

    # === COMPUTE METHODS === #

    @api.depends("redemption_ids.state")
    def _compute_used_share(self):
        groups = self.env["loyalty.b2b.redemption"]._read_group(
            [("wallet_id", "in", self.ids), ("state", "in", USED)], ["wallet_id"]
        )
        used = {wallet.id for (wallet,) in groups}
        for wallet in self:
            wallet.used_share = float(wallet.id in used)

    def _field_to_sql(self, alias, field_expr, query=None):
        if field_expr == "used_share":
            return SQL(
                """(EXISTS (SELECT FROM loyalty_b2b_redemption r
                             WHERE r.wallet_id = %s AND r.state IN %s))::int""",
                SQL.identifier(alias, "id"),
                USED,
            )
        return super()._field_to_sql(alias, field_expr, query)
