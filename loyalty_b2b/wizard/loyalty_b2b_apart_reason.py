from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyB2bApartReason(models.TransientModel):
    """Asks why a company stays as it is, though its tax id says otherwise."""

    _name = "loyalty.b2b.apart.reason"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Leave a Duplicate Tax ID"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Company",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    reason = fields.Char(help="For example: a VAT group, own budget.")

    # === ACTION METHODS === #

    def action_apply(self):
        """Remember the reason: the company is not listed again with this tax id.

        :raises AccessError: for everybody but loyalty administrators.
        :raises UserError: without a reason.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_admin"):
            raise AccessError(
                self.env._("Only loyalty administrators share or part wallets.")
            )
        self.program_id.check_access("write")
        self.partner_id.check_access("read")
        reason = (self.reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the company stays as it is."))
        self.env["loyalty.b2b.apart"].sudo().create(
            {
                "program_id": self.program_id.id,
                "partner_id": self.partner_id.id,
                "tax_id": self.partner_id._get_loyalty_b2b_tax_id(),
                "reason": reason,
                "user_id": self.env.uid,
            }
        )
        return {"type": "ir.actions.act_window_close"}
