from odoo import api, fields, models

from ..fields import READERS


class ResPartner(models.Model):
    """The one next step with a customer's points."""

    _inherit = "res.partner"

    loyalty_b2b_next_step = fields.Char(
        string="Next step with points",
        compute="_compute_loyalty_b2b_next_step",
        compute_sudo=False,
        groups=READERS,
    )
    loyalty_b2b_next_step_button = fields.Char(
        compute="_compute_loyalty_b2b_next_step", compute_sudo=False, groups=READERS
    )

    # === COMPUTE METHODS === #

    @api.depends("loyalty_b2b_wallet_id")
    @api.depends_context("uid", "company", "lang")
    def _compute_loyalty_b2b_next_step(self):
        for partner in self:
            wallet = partner.loyalty_b2b_wallet_id
            partner.loyalty_b2b_next_step = wallet.next_step
            partner.loyalty_b2b_next_step_button = wallet.next_step_button

    # === ACTION METHODS === #

    def action_loyalty_b2b_next_step(self):
        """Open the screen of the next step with the customer's wallet.

        :raises AccessError: for customers that the user may not see.
        """
        self.ensure_one()
        self.check_access("read")
        wallet = self.loyalty_b2b_wallet_id
        return wallet.action_next_step() if wallet else False
