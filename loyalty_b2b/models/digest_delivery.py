import json

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL
from odoo.tools.json import json_default

from .wallet_expiry_notice import TOLD

# How many times a message is tried to be sent by itself.
ATTEMPTS = 3


class LoyaltyB2bDigest(models.Model):
    """How messages leave, and what becomes of them: delivered, bounced, tried again."""

    _inherit = "loyalty.b2b.digest"

    # === ACTION METHODS === #

    def action_retry(self):
        """Send what was not delivered once more, to the person's present address."""
        self.check_access("read")
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_user"):
            raise AccessError(
                self.env._("Messages are sent again by people who use points.")
            )
        failed = self.sudo().filtered(lambda digest: digest.state == "failed")
        nowhere = failed.filtered(lambda digest: not digest.partner_id.email)
        if nowhere:
            raise UserError(
                self.env._(
                    "%(person)s has no e-mail address. Enter one on the contact first.",
                    person=nowhere[0].partner_id.display_name,
                )
            )
        failed._send_again()
        return True

    def action_cancel(self):
        """Give up on messages that were not delivered."""
        self.check_access("read")
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(
                self.env._("Undelivered messages are given up by loyalty officers.")
            )
        failed = self.sudo().filtered(lambda digest: digest.state == "failed")
        failed.write({"state": "cancelled"})
        return True

    # === SENDING === #

    def _send_again(self):
        """Put messages whose text is kept into the queue of mails again."""
        self._drop_mails()
        for digest in self:
            digest.write(
                {
                    "state": "queued",
                    "error": False,
                    "attempt": digest.attempt + 1,
                    "email": digest.partner_id.email,
                }
            )
        told = self.notice_ids.filtered(lambda notice: notice.state == "failed")
        told.write({"state": "queued", "error": False})
        self._create_mails()

    def _drop_mails(self):
        """Take mails that did not leave out of the queue: another one replaces them."""
        self.mail_id.filtered(lambda mail: mail.state != "sent").unlink()

    def _create_mails(self, attachments=None, send_at=None):
        """Queue a mail for each of the messages, with Odoo's own queue.

        :param dict attachments: digest id → ids of `ir.attachment`.
        :param datetime send_at: earliest moment, in UTC.
        """
        mails = (
            self.env["mail.mail"]
            .sudo()
            .create(
                [
                    digest._prepare_mail(send_at)
                    | {
                        "attachment_ids": [
                            Command.set((attachments or {}).get(digest.id, []))
                        ]
                    }
                    for digest in self
                ]
            )
        )
        for digest, mail in zip(self, mails, strict=True):
            digest.mail_id = mail
        if mails:
            self.env.ref("mail.ir_cron_mail_scheduler_action")._trigger(send_at)
        return mails

    def _prepare_mail(self, send_at=None):
        """Return the values of the mail that carries a message."""
        self.ensure_one()
        company, manager = self.company_id, self.wallet_id.user_id
        sender = company.email_formatted or self.env.user.email_formatted
        reader = self.with_context(lang=self.lang)
        return {
            "subject": self.subject,
            "body_html": reader.wallet_id._render_message_layout(
                self.body, self.subject
            ),
            "email_from": sender,
            "reply_to": manager.email_formatted or sender,
            "author_id": company.partner_id.id,
            "recipient_ids": [Command.set(self.partner_id.ids)],
            "model": self._name,
            "res_id": self.id,
            "record_company_id": company.id,
            # the message stays, so that a bounce finds it; the text stays here
            "is_notification": True,
            "auto_delete": True,
            "message_type": "email_outgoing",
            "scheduled_date": send_at,
        }

    # === WHAT BECAME OF THEM === #

    def _mark_sent(self):
        """Note that messages have left, and what people were told with them."""
        now = fields.Datetime.now()
        self.write({"state": "sent", "date_sent": now, "error": False})
        self._mark_told_notices(self.notice_ids, "sent")

    def _mark_failed(self, error):
        """Note that messages did not arrive.

        :param str error: why, in words.
        """
        self.write({"state": "failed", "error": error})
        arrived = self.notice_ids.filtered(
            lambda notice: any(
                digest.state in ("sent", "shown", "queued")
                for digest in notice.digest_ids
            )
        )
        (self.notice_ids - arrived).write(
            {"state": "failed", "error": error, "date_told": False}
        )

    @api.model
    def _mark_told_notices(self, notices, state):
        """Note of notices that somebody was told; the first time counts.

        :param str state: `sent` or `shown`.
        """
        news = notices.filtered(lambda notice: notice.state not in TOLD)
        for program, group in news.grouped("program_id").items():
            group.write(
                {
                    "state": state,
                    "date_sent": fields.Datetime.now(),
                    "date_told": program._today(),
                    "error": False,
                }
            )

    def _message_receive_bounce(self, email, partner):
        """Note what the mail gateway found out about a message that came back."""
        super()._message_receive_bounce(email, partner)
        self.sudo()._mark_failed(
            self.env._("The mail to %(email)s came back.", email=email)
        )

    @api.model
    def _find_failures(self, program):
        """Note what was cancelled, or failed, in the queue of mails.

        :param program: whose messages are looked at.
        """
        lost = self.search(
            [
                ("program_id", "=", program.id),
                ("state", "=", "queued"),
                "|",
                ("mail_id", "=", False),
                ("mail_id.state", "in", ("exception", "cancel")),
            ]
        )
        for digest in lost:
            digest._mark_failed(digest._get_mail_error(digest.mail_id))

    @api.model
    def _get_mail_error(self, mail, failure_type=None, reason=None):
        """Return in words why a mail did not leave.

        :param mail: `mail.mail`, maybe empty.
        """
        if mail.state == "cancel" or not mail:
            return self.env._("The mail was cancelled.")
        failure_type = failure_type or mail.failure_type
        reason = reason or mail.failure_reason or ""
        kinds = dict(mail._fields["failure_type"]._description_selection(self.env))
        text = kinds.get(failure_type) if failure_type != "unknown" else ""
        return text or (reason.splitlines() or [self.env._("Unknown error")])[0]

    @api.model
    def _get_attempts(self):
        """Return how many times a message is tried to be sent by itself."""
        return ATTEMPTS

    @api.model
    def _query_retried(self, wallet_ids):
        """Return the undelivered messages that go into the next one by themselves."""
        return self.search(
            [
                ("wallet_id", "in", wallet_ids),
                ("state", "=", "failed"),
                ("attempt", "<", ATTEMPTS),
            ]
        )

    @api.model
    def _insert_digests(self, rows):
        """Insert messages, one a person, programme and day; others are passed over.

        Before the mail and in its transaction: a second run, or another node, finds
        the row and sends nothing.

        :param list rows: dicts of stored column → value, all with the same keys.
        :return: dict of partner id → id of the new ones.
        """
        if not rows:
            return {}
        names = list(rows[0])
        types = [self._fields[name].column_type[1] for name in names]
        columns = SQL(", ").join(SQL.identifier(name) for name in names)
        result = self.env.execute_query(
            SQL(
                """
            INSERT INTO loyalty_b2b_digest (
                %(columns)s, create_uid, create_date, write_uid, write_date)
            SELECT %(columns)s, %(user)s, now() AT TIME ZONE 'UTC',
                   %(user)s, now() AT TIME ZONE 'UTC'
              FROM JSONB_TO_RECORDSET(%(rows)s::jsonb) AS r(%(typed)s)
            ON CONFLICT (partner_id, program_id, day) DO NOTHING
            RETURNING partner_id, id
                """,
                columns=columns,
                user=self.env.uid,
                rows=json.dumps(rows, default=json_default),
                typed=SQL(", ").join(
                    SQL("%s %s", SQL.identifier(name), SQL(kind))
                    for name, kind in zip(names, types, strict=True)
                ),
            )
        )
        return dict(result)

    @api.model
    def _link_notices(self, pairs):
        """Note which messages tell of which notices.

        :param list pairs: (digest id, notice id).
        """
        if pairs:
            self.env.execute_query(
                SQL(
                    "INSERT INTO loyalty_b2b_digest_notice_rel (digest_id, notice_id)"
                    " SELECT * FROM UNNEST(%s::int[], %s::int[])"
                    " ON CONFLICT DO NOTHING RETURNING digest_id",
                    [digest for digest, _notice in pairs],
                    [notice for _digest, notice in pairs],
                )
            )
        self.invalidate_model()
        self.env["loyalty.b2b.notice"].invalidate_model(["digest_ids"])
