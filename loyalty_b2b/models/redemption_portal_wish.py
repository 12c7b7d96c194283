from odoo import models
from odoo.exceptions import UserError


class LoyaltyB2bRedemption(models.Model):
    """What the customer's people see of a wish, as plain values. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _prepare_portal_asking(self):
        """Return how far the visitor gets alone, and who is asked beyond that.

        :return: dict: `alone`, the most points without asking, None without a limit;
            `alone_text` says so; `asked`, who decides.
        """
        contact, wallet = self.contact_id, self.wallet_id
        names = self._get_askable_administrators().mapped("name")
        alone = 0
        if contact._has_loyalty_b2b_role(wallet, "uses"):
            person = wallet._get_person(contact)
            alone = person._get_most_without_asking(self.order_id) if person else None
        asked = " / ".join(names) or self._get_sales_name()
        return {
            "alone": alone,
            "alone_text": self.env._(
                "For more than %(points)s %(names)s is asked first.",
                points=self.program_id._format_portal_points(alone),
                names=asked,
            )
            if alone
            else "",
            "asked": asked,
        }

    def _get_sales_name(self):
        """Return whom of ours the customer's people ask."""
        return self.wallet_id.user_id.name or self.env._("your account manager")

    def _check_points(self):
        """Check that the wallet has the points, an earlier use given back.

        :raises UserError: if not.
        """
        available = self.order_id._get_loyalty_b2b_usable(self.wallet_id)
        if self.points > available:
            raise UserError(
                self.wallet_id._get_short_message(int(self.points), available)
            )

    def _prepare_portal_wish(self, visitor):
        """Return a wish and what became of it.

        :param visitor: `res.partner` who looks at it.
        """
        program = self.program_id
        question = self._get_open_approval()
        last = question or self.approval_ids.sorted("id")[-1:]
        return {
            "id": self.id,
            "state": self.state,
            "asker": self.contact_id.name or self.user_id.name or "",
            "is_own": self.contact_id == visitor,
            "points": program._format_portal_points(last.points or self.points),
            "granted": program._format_portal_points(last.points_granted),
            "reason": self.reason or "",
            "verdict": last.verdict or "",
            "answer": last.answer or "",
            "decided_by": last.decided_by_name or "",
            "asked": self._get_asked_names(question),
            "until": self._format_moment(question.date_end) if question else "",
            "can_withdraw": bool(question) and self._can_withdraw(visitor),
        }

    def _get_asked_names(self, question):
        """Return who has been asked, in words."""
        if question.step == "customer":
            return " / ".join(self._get_askable_administrators().mapped("name"))
        return self._get_sales_name()

    def _can_withdraw(self, person):
        """Tell whether a person of the customer may take the wish back."""
        return self.contact_id == person or person._has_loyalty_b2b_role(
            self.wallet_id, "administers"
        )
