from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..fields import READERS, Points


class ResPartner(models.Model):
    """What the back office shows of a customer's wallet, and the invitation."""

    _inherit = "res.partner"

    loyalty_b2b_wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Loyalty wallet",
        compute="_compute_loyalty_b2b_wallet",
        compute_sudo=False,
        groups=READERS,
        help="Wallet of the company this contact belongs to.",
    )
    loyalty_b2b_available = Points(
        string="Points available",
        compute="_compute_loyalty_b2b_wallet",
        compute_sudo=False,
        groups=READERS,
    )

    # === COMPUTE METHODS === #

    @api.depends("commercial_partner_id")
    @api.depends_context("uid", "company")
    def _compute_loyalty_b2b_wallet(self):
        """Find the wallet by the reader's rights: own customers, or all."""
        owners = self._get_loyalty_b2b_owner()._origin
        wallets = {}
        for row in owners._find_loyalty_b2b_participants(self.env.company):
            if row.wallet_id.state != "left":
                # of several programmes, the one that documents go by
                wallets.setdefault(row.partner_id, row.wallet_id)
        for partner in self:
            owner = partner._get_loyalty_b2b_owner()._origin
            wallet = wallets.get(owner, self.env["loyalty.b2b.wallet"])
            partner.loyalty_b2b_wallet_id = wallet
            partner.loyalty_b2b_available = wallet.available

    # === ACTION METHODS === #

    def action_loyalty_b2b_wallet(self):
        """Open the wallet of the company this contact belongs to."""
        self.ensure_one()
        return self.loyalty_b2b_wallet_id.get_formview_action()

    def action_loyalty_b2b_invite(self):
        """Invite the customer: the wallet earns, and is used once they accept.

        :raises AccessError: for customers of other salespeople.
        :raises UserError: where no programme runs or the contact cannot take part.
        """
        self.ensure_one()
        owner = self._get_loyalty_b2b_owner()
        self._check_loyalty_b2b_invite(owner)
        program = self._get_loyalty_b2b_invite_program()
        refusal = program._get_enrol_refusal(owner)
        if refusal:
            raise UserError(refusal)
        known = program._find_participant(owner).wallet_id
        wallet = known or program._enrol(owner, state="invited")[owner]
        if not known:
            wallet.sudo()._message_log(
                body=self.env._(
                    "%(user)s invited %(customer)s.",
                    user=self.env.user.name,
                    # “Sp. z o.o.” brings the full stop along
                    customer=owner.display_name.removesuffix("."),
                )
            )
        return wallet.with_env(self.env).get_formview_action()

    def _check_loyalty_b2b_invite(self, owner):
        user = self.env.user
        self.check_access("read")
        if user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            return
        allowed = user.has_group("loyalty_b2b.group_loyalty_b2b_user") and (
            owner.user_id == user
            or user.has_group("sales_team.group_sale_salesman_all_leads")
        )
        if not allowed:
            raise AccessError(
                self.env._(
                    "%(customer)s is not a customer of yours. Ask the account manager"
                    " or a loyalty officer to invite them.",
                    customer=owner.display_name,
                )
            )

    def _get_loyalty_b2b_invite_program(self):
        program = self.env["loyalty.b2b.program"].search(
            [
                ("company_id", "=", self.env.company.id),
                ("state", "in", ("running", "announced")),
            ],
            order="state desc, sequence, id",
            limit=1,
        )
        if not program:
            raise UserError(
                self.env._(
                    "No loyalty programme is announced or running in %(company)s.",
                    company=self.env.company.name,
                )
            )
        return program
