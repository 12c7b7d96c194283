from odoo import fields, models
from odoo.exceptions import UserError

from ..tools.plaintext import clean, has_link

MOST_REQUESTS_A_DAY = 3


class LoyaltyB2bWallet(models.Model):
    """How somebody of the customer comes to decide about its points."""

    _inherit = "loyalty.b2b.wallet"

    request_ids = fields.One2many(
        comodel_name="loyalty.b2b.person.request",
        inverse_name="wallet_id",
        string="Requests to decide",
        readonly=True,
    )

    # === BUSINESS METHODS === #

    def _get_administrator_refusal(self, partner):
        """Return why a person cannot ask to decide about points, or ''."""
        self.ensure_one()
        names = self._get_administrators().mapped("name")
        if names:
            return self.env._(
                "Your company has somebody who decides: ask %(names)s.",
                names=", ".join(names),
            )
        if self.sudo().state not in ("active", "invited"):
            return self.env._("The wallet is closed at the moment.")
        if has_link(partner.sudo().name):
            return self.env._("Names do not contain web addresses.")
        return self._get_grant_refusal(partner)

    def _ask_administration(self, partner, reason=""):
        """Ask company and account manager whether a person may decide about points.

        Asked twice, nothing changes. Requests of a wallet queue up on it.

        :param partner: `res.partner` who asks.
        :param str reason: how he came to ask.
        :return: the request, in sudo.
        :raises UserError: if somebody decides already, or too many asked today.
        """
        self.ensure_one()
        wallet = self.sudo()
        wallet._lock()
        wallet.request_ids._lapse()
        if refusal := self._get_administrator_refusal(partner):
            raise UserError(refusal)
        requests = wallet.request_ids
        mine = requests.filtered(
            lambda one: one.partner_id == partner and one.state == "asked"
        )
        if mine:
            return mine
        start = wallet.program_id._get_day_start(wallet.program_id._today())
        today = requests.filtered(lambda one: one.asked_at >= start)
        if len(today) >= MOST_REQUESTS_A_DAY:
            raise UserError(
                self.env._("This was asked several times today. Try again tomorrow.")
            )
        # who asks follows nothing of ours
        quiet = requests.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True
        )
        request = quiet.create(quiet._prepare_request(wallet, partner, reason))
        request = requests.browse(request.id)
        request._schedule_answer()
        request._send_link()
        return request

    def _note_first(self, partner):
        """Look who accepted the terms: he may decide about points, or asks to.

        :param partner: `res.partner` who accepted them in the portal.
        """
        self.ensure_one()
        if self._get_administrator_refusal(partner):
            return
        if self.sudo().program_id.trust_first:
            self._grant(
                partner,
                "administers",
                reason=self.env._("First to accept the terms"),
                by=partner,
            )
            return
        try:
            self._ask_administration(partner, self.env._("Accepted the terms"))
        except UserError:
            # too many asked today: no reason not to accept the terms
            return

    def _grant(self, partner, role, limit_order=0, limit_month=0, reason="", by=None):
        person = super()._grant(partner, role, limit_order, limit_month, reason, by)
        if role == "administers":
            asked = self.sudo().request_ids.filtered(
                lambda one: one.partner_id == partner and one.state == "asked"
            )
            asked._note_granted(by or self.env.user.partner_id)
        return person

    # === MERGE === #

    def _take_over(self, source):
        result = super()._take_over(source)
        requests = source.sudo().request_ids
        # who decides in the wallet that stays answers; ask anew if nobody does
        requests._withdraw()
        requests.wallet_id = self
        return result

    # === MAILS === #

    def _send_people_mail(self, email, subject, template, values):
        """Send a mail in the look of the programme, in the language of the context.

        :param str email: one normalised address.
        :param str template: of qweb; it gets the values as `m`.
        """
        self.ensure_one()
        wallet = self.sudo()
        body = self.env["ir.qweb"]._render(
            template,
            {"m": {**values, "look": wallet._prepare_message_program()}},
            lang=self.env.lang,
        )
        subject = clean(subject, 200)
        company = wallet.company_id
        sender = company.email_formatted or wallet.user_id.email_formatted
        mail = self.env["mail.mail"].sudo()
        return mail.create(
            {
                "subject": subject,
                "body_html": wallet._render_message_layout(body, subject),
                "email_from": sender or self.env.ref("base.user_root").email_formatted,
                "email_to": email,
                "reply_to": wallet.user_id.email_formatted or sender,
                "author_id": company.partner_id.id,
                "auto_delete": True,
            }
        )
