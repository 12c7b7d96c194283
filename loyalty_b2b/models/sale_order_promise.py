from odoo import models
from odoo.tools import formatLang


class SaleOrder(models.Model):
    """What customers read of the points that an order earns: sentences, no figures."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_portal_texts(self, visitor):
        """Return what the visitor of the order's page reads of points.

        :param visitor: `res.users`; the page itself is rendered by the superuser.
        :return: list of sentences; empty for whom the wallet does not concern.
        """
        if not visitor:
            return []
        return self._get_loyalty_b2b_promise_texts(
            lambda wallet: self._can_see_loyalty_b2b_promise(wallet, visitor)
        )

    def _get_loyalty_b2b_print_texts(self):
        """Return what stands on the printed quotation or order, if set."""
        return self._get_loyalty_b2b_promise_texts(
            lambda wallet: wallet.program_id.print_on_order
        )

    def _can_see_loyalty_b2b_promise(self, wallet, visitor):
        """Tell whether a visitor may read what the order earns.

        Who came by the link and did not sign in reads what the paper says.

        :param wallet: `loyalty.b2b.wallet` in sudo.
        """
        if visitor._is_public():
            return wallet.program_id.print_on_order
        if not visitor.share:
            return wallet.with_user(visitor).has_access("read")
        return visitor.partner_id._can_see_loyalty_b2b(wallet.with_user(visitor).sudo())

    def _get_loyalty_b2b_promise_texts(self, is_shown):
        """Return the sentences for the first wallet of which they are shown.

        :param is_shown: tells of a wallet in sudo.
        """
        self.ensure_one()
        order = self.sudo()
        wallets = order.partner_invoice_id._get_loyalty_b2b_wallets(order.company_id)
        for wallet in wallets:
            if is_shown(wallet):
                return order._get_loyalty_b2b_sentences(wallet)
        return []

    def _get_loyalty_b2b_sentences(self, wallet):
        program = wallet.program_id.with_env(self.env)
        promise = self._get_loyalty_b2b_preview(wallet)
        texts = [
            self._get_loyalty_b2b_earning_text(promise, program),
            self._get_loyalty_b2b_nudge_text(promise, program),
        ]
        return [text for text in texts if text]

    def _get_loyalty_b2b_earning_text(self, promise, program):
        """Return what the order earns as a sentence, '' for nothing.

        :param promise: `Promise`.
        """
        if not promise.points:
            return ""
        return self.env._(
            "This order earns about %(points)s %(name)s once it is invoiced.",
            points=formatLang(self.env, promise.points, digits=0),
            name=program._get_point_name(promise.points),
        )

    def _get_loyalty_b2b_nudge_text(self, promise, program):
        """Return what more of the order would earn as a sentence, '' for nothing."""
        if not promise.nudge:
            return ""
        return self.env._(
            "%(amount)s more (net) earn %(points)s %(name)s extra.",
            amount=self._format_loyalty_b2b_missing(promise.nudge, program),
            points=formatLang(self.env, promise.nudge.points, digits=0),
            name=program._get_point_name(promise.nudge.points),
        )
