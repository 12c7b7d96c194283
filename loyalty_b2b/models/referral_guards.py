import secrets
from datetime import timedelta

from odoo import api, models
from odoo.exceptions import AccessError, UserError

from .loyalty_b2b_referral import OPEN

# Written by the steps of a referral alone.
PROTECTED = {
    "token",
    "state",
    "refusal",
    "reason",
    "tax_key",
    "email_normalized",
    "date_invited",
    "date_expiry",
    "date_asked",
    "asked_name",
    "asked_tax_id",
    "asked_contact",
    "asked_email",
    "asked_phone",
    "date_joined",
    "date_until",
    "referred_wallet_id",
    "reward",
    "reward_points",
    "reward_amount",
    "reward_months",
    "reward_min_amount",
    "points",
    "inviter_id",
    "inviter_name",
    "date_sent",
}
FIXED = {"program_id", "wallet_id"}
# What a company is known by: not to be changed once it has joined.
IDENTITY = {"partner_id", "name", "email", "tax_id"}


class LoyaltyB2bReferral(models.Model):
    """What may be typed in of a referral, and what its steps write."""

    _inherit = "loyalty.b2b.referral"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        """Note referrals; what cannot be is refused at once, and kept with its reason.

        :raises UserError: where nobody can be recommended by the wallet.
        """
        if not self.env.su:
            self._check_create(vals_list)
        referrals = super().create([self._prepare_new(vals) for vals in vals_list])
        for referral in referrals.sudo():
            referral.token = secrets.token_urlsafe(24)
        return referrals

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | PROTECTED

    def _check_create(self, vals_list):
        """Refuse to type in what the steps of a referral write.

        :raises AccessError: also for wallets that the user may not see.
        """
        self.check_access("create")
        if any(PROTECTED & set(vals) for vals in vals_list):
            raise AccessError(
                self.env._("The course of a referral cannot be typed in.")
            )
        ids = {vals.get("wallet_id") for vals in vals_list} - {None, False}
        self.env["loyalty.b2b.wallet"].browse(ids).check_access("read")

    def _prepare_new(self, vals):
        """Return the values of a referral with its terms, or why it is refused.

        Looked at before it is written: of one company only one may stand.
        """
        draft = self.sudo().new(vals)
        draft._check_wallet()
        program = draft.program_id
        code = draft._get_refusal()
        return {
            **vals,
            **program._prepare_referral_terms(),
            "lang": draft.lang or draft.wallet_id.partner_id.lang,
            "date_expiry": program._today() + timedelta(days=program.referral_days),
            "state": "refused" if code else "invited",
            "refusal": code,
            "reason": draft._get_refusal_texts().get(code, False),
        }

    def write(self, vals):
        if not self.env.su:
            self._check_write(vals)
        return super().write(vals)

    def _check_write(self, vals):
        """Refuse to type in what the steps of a referral write.

        :raises UserError: with the way out.
        """
        if (PROTECTED | FIXED) & set(vals):
            raise UserError(
                self.env._(
                    "The course of a referral cannot be typed in: use its buttons."
                )
            )
        joined = self.filtered(lambda r: r.state not in OPEN)
        if joined and IDENTITY & set(vals):
            raise UserError(
                self.env._(
                    "The referral of %(name)s is “%(state)s”: which company it is about"
                    " does not change any more.",
                    name=joined[0].name,
                    state=joined[0]._get_state_label(),
                )
            )

    def copy_data(self, default=None):
        raise UserError(
            self.env._("A referral cannot be duplicated: each is about one company.")
        )

    @api.ondelete(at_uninstall=False)
    def _unlink_except_joined(self):
        kept = self.filtered("referred_wallet_id")
        if kept:
            raise UserError(
                self.env._(
                    "The referral of %(name)s stays: points stand or fall with it.",
                    name=kept[0].name,
                )
            )

    def _check_wallet(self):
        """Refuse referrals by who cannot get points for them.

        :raises UserError: with the name of the company.
        """
        wallet = self.wallet_id
        if (
            not self.program_id._takes_referrals()
            or wallet.program_id != self.program_id
            or wallet.state != "active"
            or wallet.is_control
            or wallet.merged_into_id
        ):
            raise UserError(
                self.env._(
                    "%(customer)s cannot recommend companies: that takes an active"
                    " wallet in a running programme with referrals.",
                    customer=wallet.partner_id.display_name,
                )
            )

    def _get_state_label(self):
        labels = dict(self._fields["state"]._description_selection(self.env))
        return labels[self.state]
