from odoo import api, fields, models
from odoo.fields import Domain

# Steps that wait for our own people.
OUR_STEPS = ("sales", "officer", "gift")


class LoyaltyB2bApproval(models.Model):
    """What the back office shows of questions."""

    _inherit = "loyalty.b2b.approval"

    partner_id = fields.Many2one(related="redemption_id.partner_id")
    contact_id = fields.Many2one(related="redemption_id.contact_id")
    user_id = fields.Many2one(related="redemption_id.user_id", string="Entered by")
    aim = fields.Char(string="For", compute="_compute_aim", compute_sudo=True)
    is_mine = fields.Boolean(
        string="Waiting for me",
        compute="_compute_is_mine",
        search="_search_is_mine",
        compute_sudo=True,
        help="I may answer it, and it is not the customer's own decision.",
    )
    status = fields.Selection(
        selection=lambda self: [
            ("waiting", self.env._("Waiting")),
            *self._fields["verdict"]._description_selection(self.env),
        ],
        compute="_compute_status",
    )

    # === COMPUTE METHODS === #

    @api.depends("redemption_id")
    @api.depends_context("lang")
    def _compute_aim(self):
        for question in self:
            question.aim = question.redemption_id._get_subject()

    @api.depends("verdict", "step")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for question in self:
            question.is_mine = question.step in OUR_STEPS and question._can_answer(
                self.env.user
            )

    def _search_is_mine(self, operator, value):
        if operator != "in":
            return NotImplemented
        user = self.env.user
        mine = (
            Domain("verdict", "=", False)
            & Domain("step", "in", OUR_STEPS)
            & Domain("redemption_id.user_id", "!=", user.id)
            & Domain("company_id", "in", user.company_ids.ids)
        )
        if not user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            mine &= Domain("step", "=", "sales")
            mine &= Domain("wallet_id.user_id", "=", user.id)
        return mine if True in value else ~mine

    @api.depends("verdict")
    def _compute_status(self):
        for question in self:
            question.status = question.verdict or "waiting"

    @api.depends("points", "step")
    def _compute_display_name(self):
        for question in self:
            question.display_name = question.redemption_id.sudo().display_name

    # === ACTION METHODS === #

    def action_open(self):
        """Open the wish with its answers."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Wish"),
            "res_model": "loyalty.b2b.redemption",
            "res_id": self.redemption_id.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }
