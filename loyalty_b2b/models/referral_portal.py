from odoo import models
from odoo.tools import format_date

# Whether others buy from us is not told more exactly than that.
KNOWN = ("takes_part", "customer", "twice", "cycle")
OWN = ("own_company", "own_tax_id", "own_domain")


class LoyaltyB2bReferral(models.Model):
    """What the people of both companies read of a referral: plain values."""

    _inherit = "loyalty.b2b.referral"

    # === WHO RECOMMENDS === #

    def _prepare_portal_referral(self):
        """Return one row of the list of who recommended."""
        self.ensure_one()
        program = self.program_id
        return {
            "id": self.id,
            "name": self.name,
            "email": self.email or "",
            "day": format_date(self.env, self.date_invited),
            "state": self.state,
            "text": self._get_portal_state(),
            "points": program._format_portal_points(self.points, signed=True)
            if self.points
            else "",
        }

    def _get_portal_state(self):
        """Return where the referral stands, as a sentence."""
        if self.state == "refused":
            return self._get_portal_refusal()
        texts = {
            "invited": self.env._(
                "Invited; can join until %(day)s",
                day=format_date(self.env, self.date_expiry),
            ),
            "asked": self.env._("Wants to join; we are looking into it"),
            "joined": self.env._("Takes part; nothing bought and paid yet"),
            "rewarded": self.env._("Takes part and has brought you points"),
            "lapsed": self.env._("Did not join in time"),
        }
        if self.state == "lapsed" and self.referred_wallet_id:
            return self.env._("Takes part; bought nothing in time")
        return texts[self.state]

    def _get_portal_refusal(self):
        """Return why the referral was refused, as far as others may know."""
        if self.refusal in OWN:
            return self.env._("Not accepted: it is your own company")
        if self.refusal in KNOWN:
            return self.env._("Not accepted: we know this company already")
        if self.refusal == "limit":
            return self.env._("Takes part; your limit for the year was reached")
        return self.env._("Not accepted")

    # === WHO IS RECOMMENDED === #

    def _prepare_portal_invitation(self):
        """Return what an invited company reads before it joins.

        Of the company that recommends only its name is shown.
        """
        self.ensure_one()
        program = self.program_id
        url = f"/loyalty/invitation/{self.token}"
        look = program._prepare_portal_program()
        return {
            "program": {**look, "logo_url": f"{url}/logo", "url": url},
            "joining": {
                **program._prepare_portal_rules(),
                "gifts": program._get_portal_gifts(),
            },
            "seller": self.company_id.name,
            # whose logo stands above and whose name below
            "res_company": self.company_id,
            "inviter": self.wallet_id.partner_id.name,
            "url": url,
            "name": self.name,
            "contact": self.contact_name or "",
            "email": self.email or "",
            "is_asked": self.state == "asked",
        }
