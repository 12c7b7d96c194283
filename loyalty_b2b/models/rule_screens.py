from odoo import api, fields, models


class LoyaltyB2bRule(models.Model):
    """What the back office shows of an earning rule."""

    _inherit = "loyalty.b2b.rule"

    program_id = fields.Many2one(string="Programme")
    version_count = fields.Integer(compute="_compute_version_count")
    caption_conditions = fields.Char(compute="_compute_captions")
    caption_caps = fields.Char(compute="_compute_captions")

    # === COMPUTE METHODS === #

    def _compute_version_count(self):
        versions = self._get_versions()
        for rule in self:
            root = (rule.root_id or rule)._origin
            rule.version_count = len(
                versions.filtered(lambda v, root=root: (v.root_id or v) == root)
            )

    @api.depends(lambda self: sorted(self._get_term_names() | {"budget_points"}))
    @api.depends_context("lang")
    def _compute_captions(self):
        for rule in self:
            rule.caption_conditions = rule._get_caption(
                [
                    *rule._get_filter_parts(),
                    *rule._get_tier_parts(),
                    *rule._get_pricelist_parts(),
                    *rule._get_minimum_parts(),
                    *rule._get_line_parts(),
                ]
            )
            rule.caption_caps = rule._get_caption(
                [
                    *rule._get_cap_parts(),
                    *rule._get_stacking_parts(),
                    *rule._get_expiry_parts(),
                ]
            )

    # === ONCHANGE METHODS === #

    @api.onchange("trigger", "effect")
    def _onchange_trigger(self):
        """Empty what the choice hides, so that nobody is refused for it."""
        if self.trigger == "goal":
            self.effect = "bonus"
        if self.trigger != "purchase":
            self.exclusive_group = False
            self.stop = False
        if self.trigger != "purchase" or self.effect == "bonus":
            self.cap_order = 0
            self.cap_points = 0

    # === ACTION METHODS === #

    def action_view_versions(self):
        """List all versions of the rule, archived ones too."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Versions of %(rule)s", rule=self.name),
            "res_model": "loyalty.b2b.rule",
            "view_mode": "list,form",
            "domain": [("id", "in", self._get_versions().ids)],
            "context": {"active_test": False},
        }

    # === BUSINESS METHODS === #

    def _get_filter_parts(self):
        """Return the names of the filters that are set."""
        names = ("product_domain", "customer_domain")
        return [self._get_label(name) for name in names if self._has_domain(name)]

    def _get_caption(self, parts):
        """Return what is set on a tab: the one thing, or how many there are."""
        if len(parts) > 1:
            return self.env._("%(count)s set", count=len(parts))
        return parts[0] if parts else ""
