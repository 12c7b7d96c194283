import logging

from odoo import models

_logger = logging.getLogger(__name__)


class LoyaltyB2bProgram(models.Model):
    """The daily step of gifts."""

    _inherit = "loyalty.b2b.program"

    def _get_daily_steps(self):
        return [*super()._get_daily_steps(), self._daily_forget_gifts]

    def _daily_forget_gifts(self):
        """Take the names out of the register where its time is over.

        One that fails is logged and left to the next day.

        :return: True: a year has few gifts, they are done at once.
        """
        company, today = self.sudo().company_id, self._today()
        gifts = self.env["loyalty.b2b.gift"].sudo()
        for gift in gifts._query_outlived(company, today):
            try:
                with self.env.cr.savepoint():
                    gift._forget_names(today)
            except Exception:
                _logger.exception("Gift %s keeps its names", gift.id)
        return True
