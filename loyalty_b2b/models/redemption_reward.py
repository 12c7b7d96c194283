from odoo import fields, models

from .loyalty_b2b_approval import GRANTED, STEPS


class LoyaltyB2bRedemption(models.Model):
    """A wish for a reward: what it is for, and who is asked."""

    _inherit = "loyalty.b2b.redemption"

    reward_id = fields.Many2one(
        comodel_name="loyalty.b2b.reward",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="Empty where points are used as a discount of any amount.",
    )
    reward_kind = fields.Selection(
        related="reward_id.kind", store=True, precompute=True, string="Kind of reward"
    )
    reward_name = fields.Char(
        string="Name of the reward",
        readonly=True,
        help="As the reward was called then.",
    )
    reward_terms = fields.Json(
        string="What it gives",
        readonly=True,
        copy=False,
        help="As the reward said then: changing the reward changes no use.",
    )
    quantity = fields.Integer(
        default=1, required=True, readonly=True, help="How many of the reward."
    )
    request_key = fields.Char(
        readonly=True,
        copy=False,
        help="Two clicks on the same form are one wish.",
    )
    reason = fields.Char(
        readonly=True, help="Why it is wished, in the words of who asks."
    )
    approval_ids = fields.One2many(
        comodel_name="loyalty.b2b.approval",
        inverse_name="redemption_id",
        string="Approvals",
        readonly=True,
    )

    _quantity = models.Constraint("CHECK (quantity > 0)")
    _request_key_uniq = models.UniqueIndex(
        "(wallet_id, request_key) WHERE request_key IS NOT NULL"
    )

    def _get_reward_terms(self):
        """Return what the reward gives, as it was when it was wished.

        :return: dict, see `_prepare_use_terms` of the reward.
        """
        self.ensure_one()
        return self.reward_terms or self.reward_id._prepare_use_terms()

    # === COURSE OF A WISH === #

    def _submit(self, reason=""):
        """Take the points of a draft, or ask who has to be asked first.

        :param str reason: why it is wished, for who is asked.
        :return: True if the points are taken, False if somebody was asked.
        :raises UserError: with what stands against it.
        """
        self.ensure_one()
        self.reason = reason or False
        return self._proceed()

    def _proceed(self):
        """Ask the next one who has to be asked; take the points if nobody is left.

        :return: see `_submit`.
        """
        self.ensure_one()
        step = self._get_next_approval()
        if step:
            self._ask(step)
            return False
        self._take_points()
        return True

    def _get_needed_approvals(self):
        """Return the steps of approval that this wish needs, granted ones included."""
        return set()

    def _get_next_approval(self):
        """Return the next step that is needed and not granted yet, or ''."""
        granted = self.approval_ids.filtered(lambda one: one.verdict in GRANTED)
        missing = self._get_needed_approvals() - set(granted.mapped("step"))
        return next((step for step in STEPS if step in missing), "")

    def _take_points(self):
        """Hold the points of a wish that nobody has to be asked about any more.

        :raises UserError: with what stands against it now.
        """
        if self.order_id:
            self._reserve_on_order()
        else:
            self._reserve_alone()
