from hashlib import sha256

from odoo import api, models
from odoo.tools import hash_sign, verify_hash_signed

SCOPE = "loyalty_b2b_approval"
MAX_ID = 2**31 - 1


class LoyaltyB2bApproval(models.Model):
    """The link by which an administrator answers without signing in."""

    _inherit = "loyalty.b2b.approval"

    # === BUSINESS METHODS === #

    def _get_link_path(self, partner):
        """Return the address of the question for one person; ends with the question.

        It ends with the person's e-mail address too: who changes it gets a new one.

        :param partner: `res.partner` who answers by it.
        """
        self.ensure_one()
        token = hash_sign(
            self.env(su=True),
            SCOPE,
            [self.id, partner.id, hash_address(partner)],
            expiration=self.date_end,
        )
        return f"/loyalty/approval/{token}"

    @api.model
    def _find_by_token(self, token, even_answered=False):
        """Return the question of a link and whose link it is.

        :param str token: whatever was sent.
        :param bool even_answered: also if somebody has answered; for who has just
            pressed a button, so that he reads who was first.
        :return: (approval, partner) in sudo; both empty if the link is forged, over or
            used, or its owner may not answer any more.
        """
        approvals = self.sudo()
        nothing = approvals.browse(), self.env["res.partner"].sudo()
        try:
            found = verify_hash_signed(self.env(su=True), SCOPE, token)
        except ValueError:
            return nothing
        if not found or len(found) != 3:
            return nothing
        approval = approvals.browse(found[0]).exists()
        partner = nothing[1].browse(found[1]).exists()
        if not approval or not partner or found[2] != hash_address(partner):
            return nothing
        is_answered = even_answered and approval.verdict
        if is_answered and partner in approval._get_administrators():
            return approval, partner
        return (approval, partner) if approval._is_decided_by(partner) else nothing

    @api.model
    def _find_by_id(self, approval_id, wallets):
        """Return a question of these wallets, in sudo; empty if there is none.

        :param int approval_id: whatever was sent.
        """
        approvals = self.sudo()
        if not wallets or not 0 < approval_id <= MAX_ID:
            return approvals.browse()
        return approvals.search(
            [
                ("id", "=", approval_id),
                ("wallet_id", "in", wallets.ids),
                ("step", "=", "customer"),
            ]
        )


def hash_address(partner):
    """Return what a link knows of the e-mail address that it was sent to."""
    address = partner.sudo().email_normalized or ""
    return sha256(address.encode()).hexdigest()[:32]
