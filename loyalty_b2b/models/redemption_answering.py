from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyB2bRedemption(models.Model):
    """The buttons by which our people answer wishes. Checked, then done in sudo."""

    _inherit = "loyalty.b2b.redemption"

    approval_step = fields.Selection(
        selection=lambda self: (
            self.env["loyalty.b2b.approval"]._fields["step"].selection
        ),
        string="Waits for",
        compute="_compute_approval",
        compute_sudo=True,
    )
    approval_until = fields.Datetime(
        string="Answer until", compute="_compute_approval", compute_sudo=True
    )
    can_answer = fields.Boolean(compute="_compute_can_answer", compute_sudo=True)
    can_reduce = fields.Boolean(compute="_compute_can_answer", compute_sudo=True)
    can_withdraw = fields.Boolean(compute="_compute_can_answer", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("approval_ids.verdict")
    def _compute_approval(self):
        for wish in self:
            question = wish._get_open_approval()
            wish.approval_step = question.step
            wish.approval_until = question.date_end

    @api.depends("approval_ids.verdict", "state")
    @api.depends_context("uid")
    def _compute_can_answer(self):
        user = self.env.user
        for wish in self:
            question = wish._get_open_approval()
            wish.can_answer = bool(question) and question._can_answer(user)
            wish.can_reduce = wish.can_answer and question._can_reduce()
            wish.can_withdraw = bool(question) and wish._can_withdraw_as(user)

    def _can_withdraw_as(self, user):
        """Tell whether one of our people may take a wish back: who entered it."""
        return user == self.user_id and user._is_internal()

    # === ACTION METHODS === #

    def action_accept_wish(self):
        """Accept a wish as one of our people; for the customer only with a reason."""
        self.ensure_one()
        question = self._get_answerable()
        if question.step == "customer":
            return self._open_answer("accepted")
        question._answer("accepted", by=self.env.user.partner_id)
        return True

    def action_reduce_wish(self):
        """Ask how many points are accepted."""
        return self._open_answer("reduced")

    def action_refuse_wish(self):
        """Ask why a wish is refused."""
        return self._open_answer("refused")

    def action_withdraw_wish(self):
        """Take back a wish that the user has entered himself."""
        for wish in self:
            wish.check_access("read")
            if not wish.sudo()._can_withdraw_as(self.env.user):
                raise UserError(
                    self.env._("A wish is withdrawn by whoever has entered it.")
                )
            wish.sudo()._withdraw(by=self.env.user.partner_id)
        return True

    def _get_answerable(self):
        """Return the open question, in sudo, if the user may answer it.

        :raises UserError: if nothing waits, or somebody else answers.
        """
        self.ensure_one()
        self.check_access("read")
        question = self.sudo()._get_open_approval()
        if not question:
            last = self.sudo().approval_ids.sorted("id")[-1:]
            if last:
                last._check_open()
            raise UserError(self.env._("Nothing waits for an answer here."))
        question._check_can_answer(self.env.user)
        return question

    def _open_answer(self, verdict):
        """Open the dialog that asks for points or the reason."""
        question = self._get_answerable()
        titles = {
            "accepted": self.env._("Confirm for the customer"),
            "reduced": self.env._("Accept fewer points"),
            "refused": self.env._("Refuse the wish"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[verdict],
            "res_model": "loyalty.b2b.approval.answer",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_approval_id": question.id,
                "default_verdict": verdict,
            },
        }
