from odoo import models


class MailMail(models.Model):
    """Mails tell the messages they carry what became of them."""

    _inherit = "mail.mail"

    def _postprocess_sent_message(
        self, success_pids, success_emails, failure_reason=False, failure_type=None
    ):
        # before core, which deletes what was sent
        ours = self.sudo().filtered(lambda mail: mail.model == "loyalty.b2b.digest")
        for mail in ours:
            digest = self.env["loyalty.b2b.digest"].sudo().browse(mail.res_id).exists()
            if failure_type:
                digest._mark_failed(
                    digest._get_mail_error(mail, failure_type, failure_reason)
                )
            else:
                digest._mark_sent()
        return super()._postprocess_sent_message(
            success_pids, success_emails, failure_reason, failure_type
        )
