from odoo import fields, models, tools


class LoyaltyB2bProgram(models.Model):
    """Whether what customers pay for delivery earns points."""

    _inherit = "loyalty.b2b.program"

    delivery_earns = fields.Boolean(
        string="Delivery earns",
        help="What customers pay for delivery earns points as goods do.",
    )

    # === BUSINESS METHODS === #

    @tools.ormcache("self.id")
    def _get_exclusions(self):
        exclusions = super()._get_exclusions()
        return {**exclusions, "delivery": not self.sudo().delivery_earns}

    def _get_reward_kinds_without_revenue(self):
        kinds = super()._get_reward_kinds_without_revenue()
        return kinds | {"delivery"} if self._get_exclusions()["delivery"] else kinds

    def _get_agreed_names(self):
        return super()._get_agreed_names() | {"delivery_earns"}
