from odoo import api, fields, models

from ..fields import READERS
from .wallet_next_step import NextStep


class SaleOrder(models.Model):
    """The one next step with points on an order."""

    _inherit = "sale.order"

    loyalty_b2b_next_step = fields.Char(
        string="Next step",
        compute="_compute_loyalty_b2b_next_step",
        compute_sudo=False,
        groups=READERS,
        help="What matters most with the customer's points on this order.",
    )
    loyalty_b2b_next_step_code = fields.Char(
        compute="_compute_loyalty_b2b_next_step", compute_sudo=False, groups=READERS
    )
    loyalty_b2b_next_step_button = fields.Char(
        compute="_compute_loyalty_b2b_next_step", compute_sudo=False, groups=READERS
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "loyalty_b2b_wallet_id",
        "loyalty_b2b_can_use",
        "loyalty_b2b_points",
        "order_line.price_subtotal",
        "state",
    )
    @api.depends_context("uid", "lang")
    def _compute_loyalty_b2b_next_step(self):
        for order in self:
            step = order._find_loyalty_b2b_next_step()
            order.loyalty_b2b_next_step_code = step.code
            order.loyalty_b2b_next_step = step.text
            order.loyalty_b2b_next_step_button = step.button

    # === ACTION METHODS === #

    def action_loyalty_b2b_next_step(self):
        """Open the screen of the next step.

        :raises AccessError: for orders that the user may not see.
        """
        self.ensure_one()
        self.check_access("read")
        code = self.loyalty_b2b_next_step_code
        if code == "use":
            return self.action_open_loyalty_b2b_use()
        return self.loyalty_b2b_wallet_id._open_next_step(code)

    # === BUSINESS METHODS === #

    def _find_loyalty_b2b_next_step(self):
        """Return the first step that applies; the wallet is read by the user's rights.

        :return: `NextStep`.
        """
        self.ensure_one()
        wallet = self.loyalty_b2b_wallet_id
        if not wallet or self.state not in ("draft", "sent") or wallet.is_control:
            return NextStep()
        return (
            self._get_loyalty_b2b_step_approve()
            or wallet._get_step_owed()
            or wallet._get_step_state()
            or self._get_loyalty_b2b_step_use(wallet.sudo())
            or NextStep()
        )

    def _get_loyalty_b2b_step_approve(self):
        """Return that a wish for this quotation waits for an answer."""
        uses = self.env["loyalty.b2b.redemption"]
        domain = [("order_id", "=", self._origin.id), ("state", "=", "approve")]
        waiting = uses.search_fetch(domain, ["points"], limit=1)
        if not waiting:
            return None
        text = self.env._(
            "%(points)s wait for an answer",
            points=self.loyalty_b2b_wallet_id._format_step_points(waiting.points),
        )
        return NextStep("approve", text, self.env._("See"))

    def _get_loyalty_b2b_step_use(self, wallet):
        """Return how many points the quotation can use.

        :param wallet: in sudo.
        """
        points, amount = self._get_loyalty_b2b_most(wallet)
        if points <= 0:
            return None
        values = {
            "points": wallet._format_step_points(points),
            "amount": self.currency_id.format(amount),
        }
        is_user = self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_user")
        button = self.env._("Use points") if is_user else ""
        if expiring := wallet._get_step_expiring():
            values["expiring"] = expiring.text
            text = self.env._("Can use %(points)s (%(amount)s); %(expiring)s", **values)
        else:
            text = self.env._("Can use %(points)s (%(amount)s)", **values)
        return NextStep("use", text, button)

    def _get_loyalty_b2b_most(self, wallet):
        """Return how many more points the quotation can use, and the discount.

        :param wallet: in sudo.
        :return: points and money in the order's currency; zeros where none can be used
            or some are used already.
        """
        if not self.loyalty_b2b_can_use or self.loyalty_b2b_points:
            return 0, 0.0
        order = self.sudo()
        uses = order.env["loyalty.b2b.redemption"]
        draft = uses.new(uses._prepare_terms(order, wallet))
        room = draft._get_room(draft._get_base_lines())
        points = min(int(wallet.available), draft._get_max_points(room))
        if points < max(1, wallet.program_id.min_points):
            return 0, 0.0
        return points, draft._get_amount(points, room)
