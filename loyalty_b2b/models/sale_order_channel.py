from odoo import fields, models
from odoo.tools import SQL

CHANNELS = [
    ("web", "Web shop"),
    ("portal", "Accepted online"),
    ("external", "External platform"),
    ("sales", "Salesperson"),
]
# An order of any other channel is one that the customer placed or accepted online.
OFFLINE = "sales"


class SaleOrder(models.Model):
    """How an order came in: a condition of earning rules, frozen at confirmation."""

    _inherit = "sale.order"

    loyalty_b2b_channel = fields.Selection(
        selection=CHANNELS,
        string="Order channel",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="How the customer placed the order; decided when it is confirmed.",
    )

    # === HOOKS === #

    def action_confirm(self):
        """Freeze the channel of each order with its confirmation."""
        self.check_access("write")
        for order in self.sudo():
            order.loyalty_b2b_channel = order._get_loyalty_b2b_channel()
        return super().action_confirm()

    def action_draft(self):
        """Let the next confirmation of a cancelled order decide anew.

        A cart stays one of the web shop.
        """
        # without sudo: what is read with it would not be checked again by core
        cancelled = self.filtered(lambda order: order.state == "cancel").sudo()
        again = cancelled.filtered(
            lambda order: order.loyalty_b2b_channel not in (False, "web")
        )
        again.loyalty_b2b_channel = False
        return super().action_draft()

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_channel(self):
        """Return the channel by what is known of the order now.

        A glue addon sets it earlier, where a cart begins.
        """
        self.ensure_one()
        if self.sudo().loyalty_b2b_channel:
            return self.sudo().loyalty_b2b_channel
        users, teams = self.company_id._get_loyalty_b2b_integrations()
        if self.create_uid.id in users or self.team_id.id in teams:
            return "external"
        return (
            "portal"
            if self.signed_by or self._is_loyalty_b2b_paid_online()
            else "sales"
        )

    def _is_loyalty_b2b_paid_online(self):
        transactions = self.sudo().transaction_ids
        return any(one.state in ("authorized", "done") for one in transactions)

    def _get_loyalty_b2b_channel_sql(self):
        """Return the channel of an order `o` as SQL, also of one of earlier times.

        Orders that were confirmed before the programme's software was there count by
        what is known of them. A glue addon asks its own question first.
        """
        return SQL(
            "COALESCE(o.loyalty_b2b_channel, %s)", self._get_loyalty_b2b_guessed_sql()
        )

    def _get_loyalty_b2b_guessed_sql(self):
        # sets without a relation to the order: PostgreSQL reads them once a query
        return SQL(
            """CASE WHEN (o.company_id, o.create_uid) IN (
                        SELECT res_company_id, res_users_id
                          FROM loyalty_b2b_integration_user_rel) THEN 'external'
                    WHEN (o.company_id, o.team_id) IN (
                        SELECT res_company_id, crm_team_id
                          FROM loyalty_b2b_integration_team_rel) THEN 'external'
                    WHEN o.signed_by <> '' OR o.id IN (
                        SELECT paid.sale_order_id
                          FROM sale_order_transaction_rel paid
                          JOIN payment_transaction t ON t.id = paid.transaction_id
                         WHERE t.state IN ('authorized', 'done')) THEN 'portal'
                    ELSE 'sales' END"""
        )
