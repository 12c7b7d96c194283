from odoo import api, fields, models

from ..fields import READERS
from .loyalty_b2b_reward import ORDER_KINDS


class SaleOrder(models.Model):
    """Rewards on an order: what it has, and what it could have."""

    _inherit = "sale.order"

    loyalty_b2b_reward_text = fields.Char(
        string="Rewards",
        compute="_compute_loyalty_b2b_rewards",
        compute_sudo=True,
        groups=READERS,
        help="What the customer gets for points on this order.",
    )
    loyalty_b2b_has_rewards = fields.Boolean(
        string="Rewards can be added",
        compute="_compute_loyalty_b2b_has_rewards",
        compute_sudo=True,
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "order_line.loyalty_b2b_redemption_id")
    @api.depends_context("lang")
    def _compute_loyalty_b2b_rewards(self):
        for order in self:
            uses = order._get_loyalty_b2b_rewards()
            order.loyalty_b2b_reward_text = " · ".join(
                use._describe_short() for use in uses
            )

    @api.depends("loyalty_b2b_can_use", "company_id")
    def _compute_loyalty_b2b_has_rewards(self):
        rewards = self.env["loyalty.b2b.reward"].sudo()
        open_orders = self.filtered("loyalty_b2b_can_use")
        programs = self.env["loyalty.b2b.program"]
        if open_orders:
            groups = rewards._read_group(
                [
                    ("kind", "in", ORDER_KINDS),
                    ("company_id", "in", open_orders.company_id.ids),
                ],
                ["program_id"],
            )
            programs = programs.union(*(program for (program,) in groups))
        for order in self:
            order.loyalty_b2b_has_rewards = (
                order in open_orders
                and order._get_loyalty_b2b_wallet().program_id in programs
            )

    # === ACTION METHODS === #

    def action_open_loyalty_b2b_rewards(self):
        """Open *Add a reward*."""
        self.ensure_one()
        self.check_access("write")
        wizard = self.env["loyalty.b2b.add.reward"]._create_for(self)
        return wizard._get_dialog()

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_rewards(self):
        """Return the rewards on the orders as redemptions, in sudo."""
        return self._get_loyalty_b2b_uses().filtered("reward_id")

    def _get_loyalty_b2b_offered(self):
        """Return the rewards of the programmes that this order may use, in sudo."""
        self.ensure_one()
        wallets = self.sudo().partner_invoice_id._get_loyalty_b2b_wallets(
            self.company_id
        )
        rewards = self.env["loyalty.b2b.reward"].sudo()
        return rewards.search(
            [
                ("program_id", "in", wallets.program_id.ids),
                ("kind", "in", ORDER_KINDS),
            ]
        )

    def _get_loyalty_b2b_rewards_offer(self, partner=None):
        """Return the rewards for this order as plain values, with why not.

        The caller has checked who asks. Those that can be had come first.

        :param partner: `res.partner` at the customer who asks; None: one of us does.
        :return: list of dicts: id, name, kind, kind_name, points (whole), price (its
            money as text or ''), gives (what the order gets, in words), can_add,
            refusals (list of dicts: code, text, remedy).
        """
        self.ensure_one()
        rows = []
        by_program = self._get_loyalty_b2b_offered().grouped("program_id")
        for rewards in by_program.values():
            wallet = rewards[0]._get_order_wallet(self)[:1]
            refusals = rewards._get_refusals_by_reward(
                wallet, partner, order=self.sudo()
            )
            rows += [
                reward._prepare_offer_row(self, refusals[reward]) for reward in rewards
            ]
        return sorted(rows, key=lambda row: not row["can_add"])

    def _add_loyalty_b2b_reward(
        self, reward, quantity=1, contact=None, request_key=None, reason=""
    ):
        """Wish for a reward on a quotation.

        The caller has checked who asks.

        :return: the redemption, in sudo; `reserved`, or `approve` if somebody is asked.
        :raises UserError: with what stands against it.
        """
        self.ensure_one()
        order = self.sudo()
        return reward._redeem(
            reward._get_order_wallet(order),
            contact,
            quantity=quantity,
            order=order,
            request_key=request_key,
            reason=reason,
        )

    def _log_loyalty_b2b_use(self, use):
        if not use.reward_id:
            return super()._log_loyalty_b2b_use(use)
        self._log_loyalty_b2b(
            body=self.env._(
                "%(use)s; the points are held until %(moment)s.",
                use=use._describe(),
                moment=use._format_moment(use.date_hold_end),
            )
        )
        use._log_in_wallet(self.env._("%(use)s held for %(order)s."))
        return None

    def _remove_loyalty_b2b_reward(self, use):
        """Take a reward off an order of ours; the points come back.

        The caller has checked who asks.

        :param use: redemption of a reward, in sudo.
        :raises UserError: if it is invoiced or has left.
        """
        self.ensure_one()
        order = self.sudo()
        order._check_loyalty_b2b_removable(use)
        order._remove_loyalty_b2b_use(use, self.env._("%(use)s was removed."))
