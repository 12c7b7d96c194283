from odoo import api, fields, models
from odoo.tools import float_round, formatLang

from ..fields import READERS
from .sale_order_earning import Promise


class SaleOrder(models.Model):
    """What the back office shows of points on an order."""

    _inherit = "sale.order"

    loyalty_b2b_wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Loyalty wallet",
        compute="_compute_loyalty_b2b_wallet",
        compute_sudo=False,
        groups=READERS,
        help="Wallet of the company that will be invoiced.",
    )
    loyalty_b2b_text = fields.Char(
        string="Loyalty points",
        compute="_compute_loyalty_b2b_text",
        compute_sudo=False,
        groups=READERS,
        help="Points available to the customer, and what this order will earn.",
    )
    loyalty_b2b_can_invite = fields.Boolean(
        compute="_compute_loyalty_b2b_wallet", compute_sudo=False, groups=READERS
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_invoice_id", "company_id")
    @api.depends_context("uid")
    def _compute_loyalty_b2b_wallet(self):
        """Find the wallet by the reader's rights: own customers, or all."""
        company_ids = self.env["loyalty.b2b.program"]._get_inviting_company_ids()
        for order in self:
            partner = order.partner_invoice_id.with_company(order.company_id)
            wallet = partner.loyalty_b2b_wallet_id
            order.loyalty_b2b_wallet_id = wallet
            order.loyalty_b2b_can_invite = (
                not wallet
                and bool(partner)
                and order.company_id.id in company_ids
                and partner._get_loyalty_b2b_owner().is_company
            )

    @api.depends("loyalty_b2b_wallet_id", "order_line.price_subtotal", "state")
    @api.depends_context("uid", "lang")
    def _compute_loyalty_b2b_text(self):
        for order in self:
            order.loyalty_b2b_text = " · ".join(order._get_loyalty_b2b_texts())

    def _get_loyalty_b2b_texts(self):
        """Return what to say about points, in order of importance."""
        self.ensure_one()
        wallet = self.loyalty_b2b_wallet_id
        if not wallet:
            return []
        program = wallet.sudo().program_id
        values = {
            "points": formatLang(self.env, wallet.available, digits=0),
            "name": program._get_point_name(wallet.available),
            "amount": wallet.currency_id.format(wallet.available_amount),
        }
        texts = [self.env._("%(points)s %(name)s available (%(amount)s)", **values)]
        promise = self._get_loyalty_b2b_preview(wallet.sudo())
        if promise.points:
            values["points"] = formatLang(self.env, promise.points, digits=0)
            values["name"] = program._get_point_name(promise.points)
            texts.append(
                self.env._("about %(points)s %(name)s after invoicing", **values)
            )
        if promise.nudge:
            texts.append(
                self.env._(
                    "%(amount)s more earn %(points)s extra",
                    amount=self._format_loyalty_b2b_missing(promise.nudge, program),
                    points=formatLang(self.env, promise.nudge.points, digits=0),
                )
            )
        return texts

    # === ACTION METHODS === #

    def action_loyalty_b2b_invite(self):
        """Invite the company that will be invoiced."""
        self.ensure_one()
        partner = self.partner_invoice_id.with_company(self.company_id)
        return partner.action_loyalty_b2b_invite()

    # === BUSINESS METHODS === #

    def _is_loyalty_b2b_invoiced(self):
        """Tell whether posted invoices cover the whole order: nothing is to come."""
        self.ensure_one()
        return self.invoice_status == "invoiced" and all(
            move.state != "draft" for move in self.sudo().invoice_ids
        )

    def _get_loyalty_b2b_preview(self, wallet):
        """Return what the whole order earns once it is invoiced.

        :param wallet: `loyalty.b2b.wallet` in sudo.
        :return: `Promise`, of nothing where nothing is earned or all is invoiced.
        """
        self.ensure_one()
        program = wallet.program_id
        earns = wallet.state != "left" and not wallet.is_control
        if self.state == "cancel" or not earns or self._is_loyalty_b2b_invoiced():
            return Promise()
        if not program._is_earning_on(program._today()):
            return Promise()
        return self._get_loyalty_b2b_promise(wallet)

    def _format_loyalty_b2b_missing(self, nudge, program):
        """Return the amount of a nudge in the order's currency."""
        amount = float(nudge.missing)
        if self.currency_id != program.currency_id:
            amount = program.currency_id._convert(
                amount, self.currency_id, self.company_id, program._today(), round=False
            )
            amount = float_round(
                amount,
                precision_rounding=self.currency_id.rounding,
                rounding_method="UP",
            )
        return self.currency_id.format(amount)
