from odoo import fields, models
from odoo.exceptions import UserError

from .redemption_order import QUIET


class LoyaltyB2bRedemption(models.Model):
    """A personal gift: kept within its limits, and in the register."""

    _inherit = "loyalty.b2b.redemption"

    gift_ids = fields.One2many(
        comodel_name="loyalty.b2b.gift",
        inverse_name="redemption_id",
        readonly=True,
        groups="loyalty_b2b.group_loyalty_b2b_officer,"
        "loyalty_b2b.group_loyalty_b2b_auditor",
    )

    # === COURSE OF A WISH === #

    def _submit(self, reason=""):
        self._check_gift()
        if self.reward_kind == "gift" and not (reason or "").strip():
            raise UserError(self.env._("Say what the gift is for."))
        return super()._submit(reason)

    def _get_needed_approvals(self):
        steps = super()._get_needed_approvals()
        if self.reward_kind != "gift":
            return steps
        company = self.company_id.sudo()
        for gift in self.sudo().gift_ids:
            limit = company.loyalty_b2b_gift_threshold
            if company.currency_id.compare_amounts(gift.value, limit) > 0:
                steps |= {"gift"}
        return steps

    def _ask(self, step):
        question = super()._ask(step)
        if step == "gift" and not question._get_asked_users():
            raise UserError(
                self.env._(
                    "A gift of this value is agreed to by a second officer, and"
                    " %(company)s has none. Make somebody an officer of B2B Loyalty"
                    " first.",
                    company=self.company_id.name,
                )
            )
        return question

    def _take_points(self):
        if self.reward_kind == "gift":
            gifts = self.sudo().gift_ids
            self.env["loyalty.b2b.reward"]._lock_gifts(self.wallet_id)
            # it counts in the year in which it is given
            gifts.with_context(**QUIET).date = self.program_id._today()
            self._check_gift()
        super()._take_points()

    def _get_asked_text(self):
        if self.reward_kind != "gift":
            return super()._get_asked_text()
        # the occasion tells of a person, and the ledger keeps what it says
        name = self.contact_id.name or self.user_id.name or ""
        return self.env._("Asked by %(name)s.", name=name)

    def _check_gift(self):
        """Refuse a gift that is not to be given now.

        :raises UserError: with what stands against it.
        """
        if self.reward_kind != "gift":
            return
        gifts = self.sudo().gift_ids
        if not gifts:
            raise UserError(
                self.env._(
                    "“%(gift)s” is a personal gift: it is given by name, with “Give a"
                    " personal gift” on the wallet.",
                    gift=self.reward_name or "",
                )
            )
        for gift in gifts:
            if refusals := gift._get_refusals():
                raise UserError("\n".join(refusal.text for refusal in refusals))
