from odoo import Command, api, models
from odoo.fields import Domain
from odoo.tools import SQL

MOST_ANSWERED = 20


class LoyaltyB2bWallet(models.Model):
    """Wishes of a wallet that wait for an answer."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    @api.model
    def _query_overdue_wishes(self, after, limit):
        """Return ids of the wallets with wishes nobody answered, ascending."""
        return self.env["loyalty.b2b.approval"].sudo()._query_overdue(after, limit)

    def _lapse_wishes(self):
        """End the wishes that nobody has answered in time; run by the hourly job."""
        self._lock()
        approvals = self.env["loyalty.b2b.approval"].sudo()
        domain = Domain(approvals._get_overdue_domain())
        approvals.search(domain & Domain("wallet_id", "in", self.ids))._lapse()

    # === MAILS AT ONCE === #

    def _prepare_mail_at_once(self, person, message, kind):
        """Return the values of a mail in the programme's look, in his language.

        What is sent leaves no copy: it may hold a link for one person alone.

        :param person: `res.partner` with an address.
        :param dict message: plain values of the text; `subject`, `lang` among them.
        :param str kind: names the template `message_approval_<kind>`.
        """
        self.ensure_one()
        company, lang = self.company_id, message["lang"]
        body = self.env["ir.qweb"]._render(
            f"loyalty_b2b.message_approval_{kind}", {"m": message}, lang=lang
        )
        sender = company.email_formatted or self.env.user.email_formatted
        return {
            "subject": message["subject"],
            "body_html": self.with_context(lang=lang)._render_message_layout(
                body, message["subject"]
            ),
            "email_from": sender,
            "reply_to": self.user_id.email_formatted or sender,
            "author_id": company.partner_id.id,
            "recipient_ids": [Command.set(person.ids)],
            "record_company_id": company.id,
            "auto_delete": True,
            "message_type": "email_outgoing",
        }

    def _queue_mails(self, mails):
        """Queue mails and wake the job that sends them.

        :param list mails: of `_prepare_mail_at_once`.
        """
        if mails:
            self.env["mail.mail"].sudo().create(mails)
            self.env.ref("mail.ir_cron_mail_scheduler_action").sudo()._trigger()

    # === PORTAL === #

    def _get_questions_sql(self):
        """Return SQL for the number of open questions to the customer of wallet `w`."""
        return SQL(
            "SELECT COUNT(*) FROM loyalty_b2b_redemption r"
            "  JOIN loyalty_b2b_approval a ON a.redemption_id = r.id"
            " WHERE r.wallet_id = w.id AND r.state = 'approve'"
            "   AND a.verdict IS NULL AND a.step = 'customer'"
        )

    def _prepare_portal_approvals(self):
        """Return the questions to the customer's administrators as plain values.

        :return: dict of lists: all that are open, and the latest answered ones.
        """
        self.ensure_one()
        approvals = self.env["loyalty.b2b.approval"].sudo()
        domain = Domain("wallet_id", "=", self.id) & Domain("step", "=", "customer")
        waiting = approvals.search(domain & Domain("verdict", "=", False))
        answered = approvals.search(
            domain & Domain("verdict", "!=", False),
            order="decided_at desc, id desc",
            limit=MOST_ANSWERED,
        )
        return {
            "waiting": [one._prepare_approval() for one in waiting],
            "answered": [one._prepare_approval() for one in answered],
        }
