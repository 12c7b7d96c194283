import binascii
import secrets
from datetime import timedelta

import pytz

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import hash_sign, plaintext2html, verify_hash_signed

# Days for which the link to the company holds.
ANSWER_DAYS = 14
SCOPE = "loyalty_b2b_administrator"
MAX_ID = 2**31 - 1
TODO = "mail.mail_activity_data_todo"


class LoyaltyB2bPersonRequest(models.Model):
    """How a request is answered: by the company's link, or by staff."""

    _inherit = "loyalty.b2b.person.request"

    # === ACTION METHODS === #

    def action_accept(self):
        """Let the person decide about points, as staff.

        :raises AccessError: for all but the account manager and officers.
        :raises UserError: if the request was answered, or the person has left.
        """
        self._decide_as_staff("granted")

    def action_refuse(self):
        """Refuse the request, as staff; see `action_accept`."""
        self._decide_as_staff("refused")

    def _decide_as_staff(self, verdict):
        self.ensure_one()
        self._check_staff()
        request = self.sudo()
        if request.state != "asked":
            raise UserError(
                self.env._("The request of %(name)s was answered.", name=request.name)
            )
        request._decide(verdict, self.env.user.name, by=self.env.user.partner_id)

    def _check_staff(self):
        """Refuse all but the account manager and officers.

        :raises AccessError: also for requests the user may not see.
        """
        self.check_access("read")
        user = self.env.user
        is_manager = self.sudo().wallet_id.user_id == user
        if is_manager and user.has_group("loyalty_b2b.group_loyalty_b2b_user"):
            return
        if not user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(
                self.env._(
                    "Who decides about the points of a customer is named by its account"
                    " manager or by a loyalty officer."
                )
            )

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_request(self, wallet, partner, reason=""):
        """Return the values of a new request.

        :param wallet: `loyalty.b2b.wallet`, in sudo.
        """
        now = fields.Datetime.now()
        return {
            "wallet_id": wallet.id,
            "partner_id": partner.id,
            "name": partner.sudo().name or "",
            "reason": reason or False,
            "asked_at": now,
            "date_end": now + timedelta(days=ANSWER_DAYS),
            "email": wallet.partner_id.email_normalized,
            "nonce": secrets.token_urlsafe(16),
        }

    def _is_open(self):
        """Tell whether the request can be answered by its link."""
        self.ensure_one()
        return self.state == "asked" and fields.Datetime.now() < self.date_end

    def _decide(self, verdict, by_name, by=None):
        """Answer the request; the first answer counts.

        :param str verdict: granted or refused.
        :param str by_name: who answers, for the history.
        :param by: `res.partner` of a user of the staff who answers.
        :raises UserError: if the person cannot get the role any more.
        """
        self.ensure_one()
        # two answers at once: the second one waits, fails and is run again
        self.wallet_id._lock()
        if verdict == "granted":
            self.wallet_id._grant(
                self.partner_id,
                "administers",
                reason=self.env._("Asked, and confirmed by %(name)s", name=by_name),
                by=by or self.wallet_id.partner_id,
            )
        self.write(
            {
                "state": verdict,
                "decided_at": fields.Datetime.now(),
                "decided_by_name": by_name,
            }
        )
        self.activity_unlink([TODO])
        self._tell_person()

    def _lapse(self):
        """End requests that nobody has answered in time; staff may still name him."""
        late = self.filtered(
            lambda one: one.state == "asked" and one.date_end <= fields.Datetime.now()
        )
        late.write({"state": "lapsed"})
        late.activity_unlink([TODO])

    def _note_granted(self, by):
        """Note that the person was named administrator, however that came.

        :param by: `res.partner` who named him.
        """
        self.write(
            {
                "state": "granted",
                "decided_at": fields.Datetime.now(),
                "decided_by_name": by.sudo().name,
            }
        )
        self.activity_unlink([TODO])

    def _withdraw(self):
        """End requests of a person whose data are erased."""
        waiting = self.filtered(lambda one: one.state == "asked")
        waiting.write({"state": "lapsed"})
        waiting.activity_unlink([TODO])

    def _schedule_answer(self):
        """Ask who takes care of the customer to answer."""
        self.ensure_one()
        staff = self.wallet_id._get_responsible()
        request = self.with_context(lang=staff.lang)
        request.activity_schedule(
            TODO,
            user_id=staff.id,
            summary=request.env._(
                "%(person)s asks to decide about points", person=self.name
            ),
            note=plaintext2html(
                request.env._(
                    "Look whether %(person)s may decide for %(customer)s, and accept or"
                    " refuse.",
                    person=self.name,
                    customer=self.wallet_id.partner_id.display_name,
                )
            ),
        )

    # === LINK === #

    def _get_link(self):
        """Return the address at which the company answers."""
        self.ensure_one()
        expiration = pytz.utc.localize(self.date_end)
        token = hash_sign(
            self.env(su=True),
            SCOPE,
            [self.id, self.sudo().nonce],
            expiration=expiration,
        )
        return f"{self.wallet_id.get_base_url()}/loyalty/administrator/{token}"

    @api.model
    def _find_by_token(self, token):
        """Return the open request of a link, in sudo; empty if it holds no longer."""
        requests = self.sudo()
        try:
            values = verify_hash_signed(self.env(su=True), SCOPE, token)
        except (ValueError, binascii.Error, OverflowError):
            values = None
        if not isinstance(values, list) or [*map(type, values)] != [int, str]:
            return requests
        if not 0 < values[0] <= MAX_ID:
            return requests
        found = requests.search([("id", "=", values[0]), ("nonce", "=", values[1])])
        return found.filtered(lambda one: one._is_open() and one._can_be_granted())

    def _can_be_granted(self):
        """Tell whether the person is still of a company that takes part."""
        return not self.wallet_id._get_grant_refusal(self.partner_id)

    # === MAILS === #

    def _send_link(self):
        """Send the link to the company's main e-mail address, if it has one."""
        self.ensure_one()
        company = self.wallet_id.partner_id
        if not self.email:
            return
        request = self.with_context(lang=self.wallet_id._get_message_lang(company))
        request.wallet_id._send_people_mail(
            self.email,
            request.env._(
                "%(program)s: who decides about your points?",
                program=request.wallet_id.program_id.name,
            ),
            "loyalty_b2b.message_administrator",
            request._prepare_link(),
        )

    def _prepare_link(self):
        """Return what mail and page of the link show, as plain values."""
        program = self.wallet_id.program_id
        return {
            "person": self.name,
            "email": self.partner_id.email or "",
            "customer": self.wallet_id.partner_id.name,
            "program": program.name,
            "seller": program.company_id.name,
            "until": program._format_portal_day(program._local_day(self.date_end)),
            "url": self._get_link(),
        }

    def _tell_person(self):
        """Tell the person what the answer is."""
        self.ensure_one()
        person = self.partner_id
        if not person.email_normalized:
            return
        request = self.with_context(lang=self.wallet_id._get_message_lang(person))
        request.wallet_id._send_people_mail(
            person.email_normalized,
            request.env._(
                "%(program)s: your request", program=request.wallet_id.program_id.name
            ),
            "loyalty_b2b.message_administrator_answer",
            {**request._prepare_link(), "is_granted": self.state == "granted"},
        )
