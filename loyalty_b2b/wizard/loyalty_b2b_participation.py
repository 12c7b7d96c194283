from odoo import fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyB2bParticipation(models.TransientModel):
    """Asks why a company shares a wallet with others, or has one of its own."""

    _name = "loyalty.b2b.participation"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Share or Part a Wallet"

    act = fields.Selection(
        selection=[
            ("join", "Take part in this wallet"),
            ("apart", "Have a wallet of its own"),
        ],
        string="The company shall",
        required=True,
        default="join",
    )
    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="wallet_id.company_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        check_company=True,
        help="The company that joins or is kept apart; its contacts go with it.",
    )
    reason = fields.Char(help="For example: capital group, franchise, own budget.")

    # === ACTION METHODS === #

    def action_apply(self):
        """Let the company join or keep it apart, and open its wallet.

        :raises AccessError: for everybody but loyalty administrators.
        :raises UserError: without a reason, or where it makes no sense.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_admin"):
            raise AccessError(
                self.env._("Only loyalty administrators share or part wallets.")
            )
        self.wallet_id.check_access("write")
        owner = self.partner_id._get_loyalty_b2b_owner()
        program = self.wallet_id.program_id
        refusal = program._get_enrol_refusal(owner)
        if refusal:
            raise UserError(refusal)
        if self.act == "join":
            program._join(owner, self.wallet_id, self.reason)
            return self.wallet_id.get_formview_action()
        self._check_not_opener(owner)
        return program._keep_apart(owner, self.reason).get_formview_action()

    def _check_not_opener(self, owner):
        if owner == self.wallet_id.partner_id:
            raise UserError(
                self.env._(
                    "%(name)s opened this wallet and keeps it. Keep the other"
                    " companies apart instead.",
                    name=owner.display_name,
                )
            )
