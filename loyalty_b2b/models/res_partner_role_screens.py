from odoo import api, fields, models

from ..fields import READERS


class ResPartner(models.Model):
    """What the form of a contact says of its role."""

    _inherit = "res.partner"

    loyalty_b2b_role = fields.Char(
        string="Company's points",
        compute="_compute_loyalty_b2b_role",
        compute_sudo=False,
        groups=READERS,
        help="What this person may do with the points of the company.",
    )

    # === COMPUTE METHODS === #

    @api.depends("loyalty_b2b_wallet_id", "active", "is_company")
    @api.depends_context("uid", "company", "lang")
    def _compute_loyalty_b2b_role(self):
        """Say it of contacts whose wallet the reader may see; two queries each."""
        for partner in self:
            wallet = partner.loyalty_b2b_wallet_id
            is_person = bool(wallet and partner.name) and not partner.is_company
            partner.loyalty_b2b_role = is_person and partner._describe_loyalty_b2b_role(
                wallet
            )

    def _describe_loyalty_b2b_role(self, wallet):
        """Return the role of this person in a wallet in words, or False."""
        person = wallet._get_person(self._origin)
        if person and wallet._filter_belonging(self._origin):
            return person._get_role_words()
        people = self.env["loyalty.b2b.person"]
        roles = dict(people._fields["role"]._description_selection(self.env))
        return self.active and roles[wallet.sudo().program_id.colleague_role]
