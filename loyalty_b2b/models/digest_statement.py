from dateutil.relativedelta import relativedelta

from odoo import fields, models


class LoyaltyB2bDigest(models.Model):
    """The monthly statement that goes with a message."""

    _inherit = "loyalty.b2b.digest"

    def _get_statements(self):
        """Print the statements of the months that messages tell of.

        :return: dict of digest id → ids of new attachments; empty where nothing can
            be printed, as the message then leads to the portal.
        """
        found = {}
        for digest in self:
            notices = digest.notice_ids.filtered(lambda n: n.topic == "statement")
            months = [notice.data["month"] for notice in notices]
            if months and digest.wallet_id._can_attach_statement():
                found[digest.id] = digest._print_statement(max(months)).ids
        return found

    def _print_statement(self, month):
        """Return the statement of a month as an attachment, in the reader's language.

        :param str month: as 2026-10.
        """
        self.ensure_one()
        digest = self.with_context(lang=self.lang).with_company(self.company_id)
        first = fields.Date.to_date(f"{month}-01")
        wizard = digest.env["loyalty.b2b.statement"].create(
            {
                "program_id": digest.program_id.id,
                "partner_ids": digest.wallet_id.partner_id.ids,
                "date_from": first,
                "date_to": first + relativedelta(months=1, days=-1),
            }
        )
        content, _kind = digest.env["ir.actions.report"]._render_qweb_pdf(
            "loyalty_b2b.loyalty_b2b_statement_report", wizard.ids
        )
        name = digest.env._(
            "Points %(program)s %(month)s.pdf",
            program=digest.program_id.name,
            month=month,
        )
        return digest.env["ir.attachment"].create(
            {
                "name": name.replace("/", "-"),
                "raw": content,
                "mimetype": "application/pdf",
                "res_model": self._name,
                "res_id": self.id,
            }
        )
