from odoo import api, fields, models


class LoyaltyB2bUsePoints(models.TransientModel):
    """Says before points are used who is told, or asked first."""

    _inherit = "loyalty.b2b.use.points"

    reason = fields.Char(string="Because", help="Why the customer wants it.")
    asks = fields.Boolean(compute="_compute_plan")
    plan = fields.Text(compute="_compute_plan")

    # === COMPUTE METHODS === #

    @api.depends("order_id", "points", "contact_id")
    @api.depends_context("lang", "uid")
    def _compute_plan(self):
        for wizard in self:
            draft = wizard._get_draft()
            step = draft._get_next_approval() if wizard.points > 0 else ""
            wizard.asks = bool(step)
            wizard.plan = draft._get_plan(step) if draft.wallet_id else ""

    def _get_draft(self):
        draft = super()._get_draft()
        draft.update({"contact_id": self.contact_id.id, "user_id": self.env.uid})
        return draft

    def _get_refusal(self, draft, room):
        return super()._get_refusal(draft, room) or draft._get_staff_refusal()

    # === ACTION METHODS === #

    def _prepare_use_values(self):
        """Return what goes with the points: why they are wished."""
        return {"reason": (self.reason or "").strip() or False}
