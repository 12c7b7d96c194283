from odoo import models
from odoo.exceptions import UserError


class LoyaltyB2bApproval(models.Model):
    """Who may answer a question."""

    _inherit = "loyalty.b2b.approval"

    # === AT THE CUSTOMER === #

    def _get_administrators(self):
        """Return who at the customer may answer, as `res.partner`; not who asked."""
        return self.redemption_id._get_askable_administrators()

    def _is_decided_by(self, partner):
        """Tell whether a person of the customer may answer this question now."""
        return (
            self.step == "customer"
            and not self.verdict
            and not self._is_overdue()
            and partner in self._get_administrators()
        )

    # === OUR OWN PEOPLE === #

    def _can_answer(self, user):
        """Tell whether one of our people may answer; never who entered or asked it.

        The account manager, and officers. What only the customer decides is confirmed
        on his behalf by officers, who say why.

        :param user: `res.users`.
        """
        self.ensure_one()
        if self.verdict or not user._is_internal():
            return False
        wish = self.redemption_id
        if user == wish.user_id or user.partner_id == wish.contact_id:
            return False
        if self._is_officer(user):
            return True
        return self.step == "sales" and user == self.wallet_id.user_id

    def _is_officer(self, user):
        return (
            user.has_group("loyalty_b2b.group_loyalty_b2b_officer")
            and self.company_id in user.company_ids
        )

    def _check_can_answer(self, user):
        """Check that one of our people may answer.

        :raises UserError: with who may.
        """
        if self._can_answer(user):
            return
        wish = self.redemption_id
        if user == wish.user_id or user.partner_id == wish.contact_id:
            raise UserError(
                self.env._("You have entered it yourself: somebody else agrees to it.")
            )
        raise UserError(
            self.env._(
                "Only the account manager of %(customer)s, or a loyalty officer,"
                " answers.",
                customer=self.wallet_id.partner_id.display_name,
            )
            if self.step == "sales"
            else self.env._("Only a loyalty officer answers for the customer.")
        )

    def _get_asked_users(self):
        """Return our people who are told that a question waits for them."""
        manager = self.wallet_id.user_id
        if self.step == "sales" and manager and self._can_answer(manager):
            return manager
        group = self.env.ref("loyalty_b2b.group_loyalty_b2b_officer").sudo()
        root = self.env.ref("base.user_root")
        officers = group.all_user_ids.filtered(
            lambda user: user.active and user != root and self._can_answer(user)
        )
        return officers.with_env(self.env)
