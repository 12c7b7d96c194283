from markupsafe import Markup

from odoo import models

# Tells what we wrote into the history of a quotation from what others did.
LOG_MARK = "o_loyalty_b2b_log"


class SaleOrder(models.Model):
    """What we note in the history of a quotation."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _log_loyalty_b2b(self, body, **values):
        """Note something about points; marked, so that a name in it can be erased.

        :param body: str, or `Markup`.
        :param values: of `_message_log`.
        """
        mark = Markup(f'<p class="{LOG_MARK}">%s</p>')
        return self._message_log(body=mark % body, **values)
