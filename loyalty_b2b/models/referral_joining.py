from odoo import SUPERUSER_ID, fields, models
from odoo.exceptions import UserError

from ..tools import periods
from .loyalty_b2b_referral import OPEN


class LoyaltyB2bReferral(models.Model):
    """How a recommended company comes to take part."""

    _inherit = "loyalty.b2b.referral"

    # === BUSINESS METHODS === #

    def _is_open(self):
        """Tell whether the invitation still holds, in the programme's day."""
        self.ensure_one()
        if not self.program_id._takes_referrals():
            return False
        if self.state == "asked":
            return True
        today = self.program_id._today()
        return self.state == "invited" and today <= self.date_expiry

    def _join(self, partner, person=None, reason="", terms=None):
        """Let the recommended company take part.

        Joining queues up on the programme, so that limits hold. A company that cannot
        be recommended is refused, and does not begin to take part by this.

        :param partner: any contact of the company.
        :param person: `res.partner` who accepts the terms, if one does.
        :param str reason: how the company agreed, if staff say so.
        :param terms: the text that was read; the programme's by default.
        :return: code of why it was refused, '' if it joined.
        :raises UserError: if the referral has ended, or the company cannot take part.
        """
        self.ensure_one()
        program = self.program_id
        owner = partner.sudo()._get_loyalty_b2b_owner()
        program._lock_enrolment()
        if self.state not in OPEN:
            raise UserError(
                self.env._(
                    "The referral of %(name)s is “%(state)s” and cannot take this"
                    " step.",
                    name=self.name,
                    state=self._get_state_label(),
                )
            )
        if refusal := program._get_enrol_refusal(owner):
            raise UserError(refusal)
        if code := self._get_refusal(owner):
            return code
        wallet = program._enrol(owner)[owner]
        wallet.write(wallet._prepare_acceptance(person, reason, terms))
        wallet._notify("joined", "joined")
        self._note_joined(owner, wallet)
        return ""

    def _note_joined(self, owner, wallet):
        """Count what a wallet buys from today on, but for the limit of a year."""
        if self._is_over_limit():
            self._refuse("limit")
            self.partner_id = owner
            return
        today = self.program_id._today()
        self.write(
            {
                "state": "joined",
                "partner_id": owner.id,
                "referred_wallet_id": wallet.id,
                "date_joined": today,
                "date_until": periods.add_months(today, self.reward_months),
            }
        )
        wallet._message_log(
            body=self.env._(
                "Recommended by %(name)s", name=self.wallet_id.partner_id.display_name
            )
        )

    def _is_over_limit(self):
        """Tell whether the recommending company has had its referrals of this year."""
        limit = self.program_id.referral_limit
        if not limit:
            return False
        today = self.program_id._today()
        return limit <= self.search_count(
            [
                ("wallet_id", "=", self.wallet_id.id),
                ("referred_wallet_id", "!=", False),
                ("date_joined", ">=", today.replace(month=1, day=1)),
                ("date_joined", "<=", today.replace(month=12, day=31)),
            ]
        )

    def _ask(self, values):
        """Note that somebody with the invitation asks to join, and tell staff.

        No contact is made of what a stranger types in. Asked again, nothing changes.

        :param dict values: name, tax_id, contact, email, phone; checked texts.
        """
        self.ensure_one()
        if self.state != "invited":
            return
        # of the public user, whom staff may not read, nothing is to be left
        staff = self._get_responsible()
        referral = self.with_user(SUPERUSER_ID).with_context(lang=staff.lang)
        referral._note_request(values, staff)

    def _note_request(self, values, staff):
        """Note a request to join and tell whoever takes care of it."""
        self.write(
            {
                "state": "asked",
                "date_asked": fields.Datetime.now(),
                **{f"asked_{name}": value or False for name, value in values.items()},
            }
        )
        self.activity_schedule(
            "mail.mail_activity_data_todo",
            user_id=staff.id,
            summary=self.env._("%(name)s wants to join", name=values["name"]),
            note=self.env._(
                "Choose or create the customer, then press “Confirm and enrol”."
            ),
        )

    def _get_responsible(self):
        """Return who of the staff takes care of the referral."""
        group = self.env.ref("loyalty_b2b.group_loyalty_b2b_officer")
        manager = self.wallet_id.user_id
        officers = group.all_user_ids.filtered(
            lambda u: u.active and self.company_id in u.company_ids
        )
        staff = self.create_uid if self.create_uid._is_internal() else manager
        return staff or manager or officers[:1] or self.env.ref("base.user_admin")
