from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

from .loyalty_b2b_activity import OFFICER

ACTIVITY = "loyalty_b2b.mail_activity_type_transfer"


class LoyaltyB2bTransfer(models.Model):
    """The second person of a transfer: who is asked, and what he reads."""

    _inherit = "loyalty.b2b.transfer"

    plan = fields.Text(string="What will happen", compute="_compute_plan")

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "partner_id", "is_all", "points", "state")
    @api.depends_context("lang")
    def _compute_plan(self):
        for transfer in self:
            transfer.plan = ""
            if transfer.state == "asked":
                points = None if transfer.is_all else int(transfer.points)
                lines = transfer.wallet_id._get_transfer_plan(
                    transfer.partner_id, points
                )
                transfer.plan = "\n".join(lines)

    # === SECOND PERSON === #

    def _ask(self):
        """Leave the other officers an activity: one of them decides.

        :raises UserError: if there is no other.
        """
        others = self._get_deciders() - self.user_id
        if not others:
            raise UserError(
                self.env._(
                    "A transfer is confirmed by a second officer, and %(company)s has"
                    " none. Make somebody an officer of B2B Loyalty first.",
                    company=self.company_id.name,
                )
            )
        note = self.env._(
            "%(user)s asks to move points of %(origin)s to %(target)s: %(reason)s",
            user=self.user_id.name,
            origin=self.wallet_id.partner_id.display_name,
            target=self.partner_id.display_name,
            reason=self.reason,
        )
        for user in others:
            self.activity_schedule(ACTIVITY, user_id=user.id, note=plaintext2html(note))
        self.wallet_id._message_log(body=note)

    def _get_deciders(self):
        """Return the officers and administrators of the programme's company."""
        return self.company_id._get_loyalty_b2b_staff(OFFICER)

    def _end_asking(self):
        self.activity_unlink([ACTIVITY])
