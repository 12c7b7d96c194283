import logging

from dateutil.relativedelta import relativedelta

from odoo import fields, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY

_logger = logging.getLogger(__name__)


class LoyaltyB2bDigest(models.Model):
    """The monthly statement that goes with a message."""

    _inherit = "loyalty.b2b.digest"

    def _get_statements(self, messages):
        """Print the statements of the months that messages tell of.

        :param dict messages: digest id → what it was rendered from.
        :return: dict of digest id → ids of new attachments; empty where nothing can
            be printed, as the message then leads to the portal.
        """
        found = {}
        for digest in self:
            notices = digest.notice_ids.filtered(lambda n: n.topic == "statement")
            months = [notice.data["month"] for notice in notices]
            if months and digest.wallet_id._can_attach_statement():
                found[digest.id] = digest._try_statement(max(months)).ids
                if not found[digest.id]:
                    digest._tell_unprinted(messages[digest.id])
        return found

    def _try_statement(self, month):
        """Return what `_print_statement` does; nothing, and a log, if it fails."""
        try:
            with self.env.cr.savepoint():
                return self._print_statement(month)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except Exception:
            _logger.exception("Statement of %s for message %s failed", month, self.id)
            return self.env["ir.attachment"]

    def _tell_unprinted(self, message):
        """Say where the movements are instead of that they are attached."""
        for section in message["sections"]:
            if section["topic"] == "statement":
                section["is_attached"] = False
        self.body = self.wallet_id._render_message(message)

    def _print_statement(self, month):
        """Return the statement of a month as an attachment, in the reader's language.

        :param str month: as 2026-10.
        """
        self.ensure_one()
        digest = self.with_context(lang=self.lang).with_company(self.company_id)
        first = fields.Date.to_date(f"{month}-01")
        content = digest.wallet_id._print_statement(
            first, first + relativedelta(months=1, days=-1)
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
