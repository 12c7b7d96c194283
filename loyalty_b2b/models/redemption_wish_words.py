from odoo import models
from odoo.tools import formatLang

from ..tools.plaintext import clean, has_link


class LoyaltyB2bRedemption(models.Model):
    """What a wish is for, in words. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _get_subject(self):
        """Return what the points are for: the reward, the quotation, or both."""
        parts = []
        if self.reward_name:
            parts.append(
                f"{self.quantity} × {self.reward_name}"
                if self.quantity > 1
                else self.reward_name
            )
        if self.order_name:
            parts.append(self.env._("quotation %(name)s", name=self.order_name))
        return ", ".join(parts) or self.program_id.name

    def _get_mailed_text(self, text):
        """Return what people have typed as mails show it.

        '' for what mail programmes would make a link; the pages show it.
        """
        return "" if has_link(text) else clean(text, 250)

    def _get_plan(self, step):
        """Say what happens when one of ours uses points for the customer.

        :param str step: who is asked first; '' if nobody is.
        """
        if step == "customer":
            names = ", ".join(self._get_askable_administrators().mapped("name"))
            return self.env._(
                "%(names)s at the customer is asked to confirm it by e-mail. The points"
                " are taken after that.",
                names=names,
            )
        if step:
            return self.env._(
                "Sales has to agree first: the account manager or a loyalty officer,"
                " not you. The points are taken after that."
            )
        if not self._is_by_staff() or self.program_id.staff_use != "record":
            return ""
        names = ", ".join(self._get_told_administrators().mapped("name"))
        if names:
            return self.env._(
                "On record: %(names)s at the customer is told by e-mail that you used"
                " them.",
                names=names,
            )
        return self.env._(
            "On record: nobody at the customer decides about points, so nobody is told."
        )

    def _get_worth_text(self, points):
        """Return what points of this wish are worth, '' if that is not known."""
        if self.reward_id or not self.rate_points:
            return ""
        worth = self._get_worth(points)
        return formatLang(self.env, worth, currency_obj=self.currency_id)
