from odoo import api, fields, models

from ..fields import Points


class LoyaltyB2bProgram(models.Model):
    """What a programme gives beside purchases: for activities, out of goodwill."""

    _inherit = "loyalty.b2b.program"

    activity_type_ids = fields.One2many(
        comodel_name="loyalty.b2b.activity.type",
        inverse_name="program_id",
        string="Activity types",
        copy=True,
    )
    goodwill_budget = Points(
        help="Points that an officer may give out of goodwill in a month;"
        " administrators may give more. 0: only administrators.",
    )
    caption_activities = fields.Char(compute="_compute_caption_activities")

    _goodwill = models.Constraint(
        "CHECK (COALESCE(goodwill_budget, 0) >= 0)",
        "The budget for goodwill cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("activity_type_ids.name")
    @api.depends_context("lang")
    def _compute_caption_activities(self):
        for program in self:
            kinds = program.activity_type_ids
            program.caption_activities = (
                self.env._("%(count)s types", count=len(kinds))
                if len(kinds) > 1
                else kinds.name or ""
            )

    # === ACTION METHODS === #

    def action_view_activities(self):
        """Open what customers of the programme did."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_activity_action"
        )
        return {**action, "domain": [("program_id", "=", self.id)], "context": {}}

    # === BUSINESS METHODS === #

    def _prepare_portal_rules(self):
        return {
            **super()._prepare_portal_rules(),
            "activities": self._get_portal_activities(),
        }

    def _get_portal_activities(self):
        """Return what customers can earn by beside purchases, now or later."""
        today = self._today()
        return [
            {"text": kind.sentence, "description": kind.description or ""}
            for kind in self.activity_type_ids
            if kind.is_shown and (not kind.date_end or kind.date_end >= today)
        ]
