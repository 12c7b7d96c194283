from odoo import fields, models
from odoo.exceptions import UserError

from ..fields import Points


class LoyaltyB2bApprovalAnswer(models.TransientModel):
    """Asks one of our people how many points, or why."""

    _name = "loyalty.b2b.approval.answer"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Answer a Wish to Use Points"

    approval_id = fields.Many2one(
        comodel_name="loyalty.b2b.approval",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    step = fields.Selection(related="approval_id.step", related_sudo=False)
    reason = fields.Char(
        related="approval_id.reason", related_sudo=False, string="Asked because"
    )
    wished = Points(
        related="approval_id.points", related_sudo=False, string="Points wished"
    )
    verdict = fields.Selection(
        selection=[
            ("accepted", "Accept"),
            ("reduced", "Accept fewer"),
            ("refused", "Refuse"),
        ],
        required=True,
        readonly=True,
    )
    points = Points(string="Points granted", help="From 1 to less than wished.")
    answer = fields.Char(string="Why", help="The customer reads it.")

    # === ACTION METHODS === #

    def action_answer(self):
        """Answer the wish.

        :raises UserError: if the user may not, without a reason, or with what stands
            against it.
        """
        self.ensure_one()
        question = self.approval_id.redemption_id._get_answerable()
        if question != self.approval_id:
            self.approval_id.sudo()._check_open()
        answer = (self.answer or "").strip()
        if not answer and (self.verdict == "refused" or question.step == "customer"):
            raise UserError(self.env._("Say why: the customer reads it."))
        if question.step == "customer":
            question._answer_for_customer(self.verdict, int(self.points), answer)
        else:
            question._answer(
                self.verdict, int(self.points), answer, by=self.env.user.partner_id
            )
        return {"type": "ir.actions.act_window_close"}
