from odoo import models

from .redemption_order import QUIET

# What a discount for points is computed from, as it was when payment started.
REMEMBERED = ("points", "amount", "rate_points", "rate_amount", "rate_tax")


class LoyaltyB2bRedemption(models.Model):
    """The discounts a cart had when its payment started. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _prepare_remembered(self):
        """Return what is needed to put the discounts on the cart again.

        :return: list of dicts of plain values, in the order of the discounts.
        """
        return [
            {"id": use.id, **{name: use[name] for name in REMEMBERED}} for use in self
        ]

    def _put_back(self, remembered):
        """Put a discount on the cart as it was; nothing is held for it yet.

        :param dict remembered: of `_prepare_remembered`.
        """
        self.ensure_one()
        values = {name: remembered[name] for name in REMEMBERED}
        if self.line_ids and all(self[name] == values[name] for name in REMEMBERED):
            return
        if self._get_holds():
            self._give_back_choice()
        self.with_context(**QUIET).write({**values, "state": "draft"})
        self._write_lines(self._get_base_lines())
        self.with_context(**QUIET).fingerprint = self._get_fingerprint()

    def _can_put_back(self):
        """Tell whether the points were never used: what came back is not used twice."""
        return not any(entry.state == "posted" for entry in self.entry_ids)
