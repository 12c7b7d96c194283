import re

from odoo import models
from odoo.exceptions import UserError

from ..tools.plaintext import clean, has_link

MOST_QUANTITY = 1000
MOST_REASON = 200


class LoyaltyB2bWallet(models.Model):
    """How a customer's people ask for a reward, with what they typed into its form."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _redeem_in_portal(self, partner, reward, typed, order=None):
        """Ask for a reward with what a person has typed into its form.

        The same form sent twice is one wish.

        :param partner: `res.partner` who asks; he sees the wallet.
        :param dict typed: quantity, reason, attendees, request_key, as they were sent.
        :param order: quotation that the person may see, for rewards that need one.
        :return: the redemption, in sudo.
        :raises UserError: with what stands against it, or cannot be read.
        """
        self.ensure_one()
        key = self._read_request_key(typed.get("request_key"))
        if earlier := self._find_portal_request(key):
            return earlier
        quantity = self._read_quantity(typed.get("quantity"))
        if reward._is_on_order() and not order:
            raise UserError(
                self.env._("Choose the quotation on which it is to be put.")
            )
        reason = clean(typed.get("reason"), MOST_REASON)
        if has_link(reason):
            raise UserError(self.env._("The reason contains no web addresses."))
        return reward._redeem(
            self,
            partner,
            quantity=quantity,
            order=order,
            request_key=key,
            reason=reason,
            **self._read_kind_values(partner, reward, quantity, typed),
        )

    def _read_kind_values(self, partner, reward, quantity, typed):
        """Return what the kind of a reward needs besides, see `_prepare_redemption`."""
        if reward.kind == "access":
            return {"attendees": self._read_attendees(typed.get("attendees"), quantity)}
        return {}

    def _find_portal_request(self, key):
        """Return what the same form has led to before, in sudo; empty if nothing."""
        redemptions = self.env["loyalty.b2b.redemption"].sudo()
        domain = [("wallet_id", "=", self.id), ("request_key", "=", key)]
        return redemptions.search(domain, limit=1)

    def _read_request_key(self, typed):
        if not re.fullmatch(r"[0-9a-f-]{36}", str(typed or "")):
            raise UserError(
                self.env._("This page is no longer up to date. Please try once more.")
            )
        return typed

    def _read_quantity(self, typed):
        found = re.fullmatch(r"[0-9]{1,4}", str(typed or "").strip())
        number = int(found.group()) if found and found.group().isascii() else 0
        if not 1 <= number <= MOST_QUANTITY:
            raise UserError(self.env._("Enter how many you want, from 1 to 1 000."))
        return number

    def _read_attendees(self, typed, quantity):
        """Return the names of who takes part, one a line.

        :raises UserError: if they are not as many as seats are asked for.
        """
        lines = str(typed or "")[: 100 * MOST_QUANTITY].splitlines()
        names = [name for name in map(clean, lines) if name]
        if len(names) != quantity:
            raise UserError(
                self.env._(
                    "Enter the names of those who take part, one a line: you ask for"
                    " %(seats)s, and named %(names)s.",
                    seats=quantity,
                    names=len(names),
                )
            )
        if any(map(has_link, names)):
            raise UserError(self.env._("Names do not contain web addresses."))
        return "\n".join(names)
