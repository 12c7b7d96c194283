from odoo import api, fields, models


class LoyaltyB2bTier(models.Model):
    """What the back office shows of a level, and where its threshold is changed."""

    _inherit = "loyalty.b2b.tier"

    program_id = fields.Many2one(string="Programme")
    has_image = fields.Boolean(compute="_compute_has_image", store=True)
    threshold_unit = fields.Char(
        string="Unit", compute="_compute_threshold_unit", help="What levels count."
    )
    wallet_count = fields.Integer(
        string="Customers",
        compute="_compute_wallet_count",
        compute_sudo=False,
        help="Customers on this level now, of those you may see.",
    )
    benefits = fields.Char(string="Brings", compute="_compute_benefits")
    is_in_use = fields.Boolean(related="program_id.tier_in_use")

    # === COMPUTE METHODS === #

    @api.depends("image")
    def _compute_has_image(self):
        for tier in self:
            tier.has_image = bool(tier.image)

    @api.depends("program_id.tier_measure", "currency_id", "program_id.point_name")
    @api.depends_context("lang")
    def _compute_threshold_unit(self):
        for tier in self:
            program = tier.program_id
            tier.threshold_unit = {
                "turnover": tier.currency_id.name,
                "points": program and program._get_point_name(2),
                "orders": self.env._("orders"),
            }.get(tier.tier_measure, "")

    def _compute_wallet_count(self):
        counts = dict(
            self.env["loyalty.b2b.wallet"]._read_group(
                [("tier_id", "in", self.ids)], ["tier_id"], ["__count"]
            )
        )
        for tier in self:
            tier.wallet_count = counts.get(tier._origin, 0)

    @api.depends(
        "factor", "pricelist_id", "payment_term_id.name", "is_lasting", "description"
    )
    @api.depends_context("lang")
    def _compute_benefits(self):
        for tier in self:
            tier.benefits = " · ".join(tier._get_benefit_texts())

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        ids = {vals.get("program_id") for vals in vals_list}
        self.env["loyalty.b2b.program"].browse(filter(None, ids))._check_tiers_open()
        return super().create(vals_list)

    def write(self, vals):
        if not {"threshold", "active", "program_id"}.isdisjoint(vals):
            self.program_id._check_tiers_open()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_in_use(self):
        self.program_id._check_tiers_open()

    # === ACTION METHODS === #

    def action_view_wallets(self):
        """Open the wallets on this level."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_wallet_action"
        )
        return {**action, "domain": [("tier_id", "=", self.id)], "context": {}}

    def action_change_thresholds(self):
        """Ask for new thresholds, and say first what they would do."""
        return self.program_id.action_change_thresholds()
