from odoo import api, fields, models
from odoo.tools import formatLang

from ..fields import READERS


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
        preview = self._get_loyalty_b2b_preview()
        if preview:
            values["points"] = formatLang(self.env, preview, digits=0)
            values["name"] = program._get_point_name(preview)
            texts.append(
                self.env._("about %(points)s %(name)s after invoicing", **values)
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

    def _get_loyalty_b2b_preview(self):
        """Return how many points the whole order earns once it is invoiced.

        :return: whole points; 0 where nothing is earned or all is invoiced.
        """
        self.ensure_one()
        program = self.loyalty_b2b_wallet_id.program_id
        earning = program and program._is_earning_on(program._today())
        if self.state == "cancel" or not earning:
            return 0
        if self.loyalty_b2b_wallet_id.is_control or self._is_loyalty_b2b_invoiced():
            return 0
        return self._get_loyalty_b2b_expected_points(program)
