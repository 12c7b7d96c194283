from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import email_normalize

from ..tools.plaintext import clean, has_link
from .loyalty_b2b_referral import ENDED

MOST_A_DAY = 10
MOST_SHOWN = 50


class LoyaltyB2bWallet(models.Model):
    """A customer's people recommend other companies in the portal."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _prepare_portal_referrals(self):
        """Return what recommending brings, and what became of earlier ones."""
        self.ensure_one()
        found = self.env["loyalty.b2b.referral"].sudo()
        found = found.search([("wallet_id", "=", self.id)], limit=MOST_SHOWN)
        return {
            "texts": self.program_id._get_referral_texts(),
            "may_invite": self.state == "active" and self.program_id._takes_referrals(),
            "rows": [referral._prepare_portal_referral() for referral in found],
        }

    def _recommend(self, person, values):
        """Note a recommendation that a person sends in the portal, and mail it.

        Recommendations of a programme queue up, so that the limit of a day holds. One
        sent twice counts once.

        :param person: `res.partner` who recommends.
        :param dict values: name, contact_name, email, tax_id, as typed in.
        :return: the referral, refused or not.
        :raises UserError: if it cannot be read, or too many were sent today.
        """
        self.ensure_one()
        values = self._check_recommendation(values)
        wallet = self.sudo()
        wallet.program_id._lock_enrolment()
        referrals = self.env["loyalty.b2b.referral"].sudo()
        mine = [("wallet_id", "=", wallet.id)]
        same = referrals.search(
            [
                *mine,
                ("email_normalized", "=", email_normalize(values["email"])),
                ("state", "not in", ENDED),
            ],
            limit=1,
        )
        if same:
            return same
        start = wallet.program_id._get_day_start(wallet.program_id._today())
        sent = [*mine, ("date_invited", ">=", start), ("inviter_id", "!=", False)]
        if referrals.search_count(sent) >= MOST_A_DAY:
            raise UserError(
                self.env._(
                    "You have recommended %(count)s companies today. Go on tomorrow.",
                    count=MOST_A_DAY,
                )
            )
        return wallet._create_recommendation(person, values)

    def _create_recommendation(self, person, values):
        """Create a referral of checked texts and send its invitation."""
        referral = self.env["loyalty.b2b.referral"].sudo()
        referral = referral.create(
            {
                **values,
                "wallet_id": self.id,
                "inviter_id": person.id,
                "inviter_name": not has_link(person.name) and clean(person.name),
                "lang": person.lang,
                "date_invited": fields.Datetime.now(),
            }
        )
        if referral.state == "invited":
            referral._send_invitation()
        return referral

    def _check_recommendation(self, values):
        """Return the texts of a recommendation, each as one line.

        :raises UserError: in words for the person who typed them in.
        """
        texts = {
            name: clean(values.get(name))
            for name in ("name", "contact_name", "email", "tax_id")
        }
        if not texts["name"]:
            raise UserError(self.env._("Enter the name of the company."))
        if not email_normalize(texts["email"]):
            raise UserError(self.env._("Enter one valid e-mail address."))
        if has_link(texts["name"]) or has_link(texts["contact_name"]):
            raise UserError(self.env._("Names do not contain web addresses."))
        return texts
