from odoo import models
from odoo.exceptions import UserError

from .redemption_order import QUIET


class LoyaltyB2bRedemption(models.Model):
    """Who pays a cart spends its points, whoever chose them. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _get_payer_refusal(self, payer):
        """Return why a user may not spend these points alone, or ''.

        Asked only of other people of the customer than the one who uses the points.

        :param payer: `res.users` who pays the cart, or takes it over.
        """
        self.ensure_one()
        person = payer.partner_id
        if payer._is_public() and self.order_id.state == "draft":
            # who has only its link; what is sent is paid by its link
            return self.env._("Sign in to pay with the points of your company.")
        if not payer._is_portal() or person == self.contact_id:
            return ""
        return self.new({"contact_id": person.id}, origin=self)._get_own_refusal()

    def _pass_to_payer(self, payer):
        """Let who pays a cart be who uses the points that were only chosen.

        So they count against his limits. What was agreed to stays its person's.

        :param payer: `res.users`.
        :raises UserError: if he may not use so many points.
        """
        for use in self:
            if refusal := use._get_payer_refusal(payer):
                raise UserError(refusal)
            is_free = use.state == "draft" and use._is_choice()
            if is_free and payer._is_portal() and not use._is_by_staff():
                use.with_context(**QUIET).contact_id = payer.partner_id

    def _check_debts(self):
        """Check that points that are held may still be used; wallets are locked.

        :raises UserError: if documents took points back, or invoices are overdue.
        """
        wallets = self.wallet_id
        wallets._settle()
        debits = wallets._get_open_debits()
        for wallet, uses in self.grouped("wallet_id").items():
            if refusal := wallet._get_overdue_refusal():
                raise UserError(refusal)
            if owed := debits.get(wallet):
                raise UserError(uses[0]._get_debt_message(owed))
