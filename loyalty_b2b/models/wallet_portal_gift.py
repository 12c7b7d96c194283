from odoo import models
from odoo.exceptions import UserError
from odoo.fields import Domain

from ..tools.plaintext import clean, has_link
from .loyalty_b2b_gift import STATUSES
from .wallet_portal_wish import MOST_REASON

MOST_NAME = 100


class LoyaltyB2bWallet(models.Model):
    """Personal gifts in the portal: for who decides about points, to name a colleague.

    Nobody asks for one for himself: who asks agrees for the company.
    """

    _inherit = "loyalty.b2b.wallet"

    # === CATALOGUE === #

    def _get_portal_reward_domain(self):
        domain = super()._get_portal_reward_domain()
        return domain if self._shows_gifts() else domain & Domain("kind", "!=", "gift")

    def _find_portal_reward(self, reward_id):
        reward = super()._find_portal_reward(reward_id)
        if reward.kind == "gift" and not self._shows_gifts():
            return reward.browse()
        return reward

    def _shows_gifts(self):
        """Tell whether the user who looks is shown personal gifts."""
        self.ensure_one()
        if not self.company_id.loyalty_b2b_gifts:
            return False
        partner = self.env.user.partner_id
        return partner._has_loyalty_b2b_role(self, "administers")

    # === WISH === #

    def _redeem_in_portal(self, partner, reward, typed, order=None):
        if reward.kind != "gift":
            return super()._redeem_in_portal(partner, reward, typed, order)
        key = self._read_request_key(typed.get("request_key"))
        reason = self._read_plain(typed.get("reason"), MOST_REASON)
        return reward._redeem(
            self,
            partner,
            quantity=self._read_quantity(typed.get("quantity")),
            request_key=key,
            reason=reason,
            gift=self._read_gift(partner, typed),
        )

    def _read_gift(self, partner, typed):
        """Return who gets a gift, with what was typed; who asks agrees to it.

        :raises UserError: if something is missing or cannot be read.
        """
        status = typed.get("gift_status")
        if status not in dict(STATUSES):
            raise UserError(self.env._("Choose what the person is in your company."))
        if typed.get("gift_consent") != "1":
            raise UserError(
                self.env._("Tick that your company agrees to the gift, please.")
            )
        return {
            "name": self._read_plain(typed.get("gift_name"), MOST_NAME),
            "function": self._read_plain(typed.get("gift_function"), MOST_NAME),
            "status": status,
            "owner": partner._get_loyalty_b2b_owner(),
            "consent_name": partner.name,
            "consent_date": self.program_id._today(),
            "consent_how": "portal",
        }

    def _read_plain(self, typed, most):
        text = clean(typed, most)
        if has_link(text):
            raise UserError(self.env._("Enter plain text without web addresses."))
        return text
