from odoo import api, fields, models

from .redemption_fulfilment import OFFICER

# What the board shows even when nothing is there, from left to right.
BOARD = ("approve", "reserved", "done", "fulfilled")
OPEN = BOARD[:3]


class LoyaltyB2bRedemption(models.Model):
    """Rewards on the fulfilment board: where they stand, and what is to be done."""

    _inherit = "loyalty.b2b.redemption"

    state = fields.Selection(group_expand="_group_expand_state")
    board_step = fields.Selection(
        selection=[("confirm", "Confirm"), ("fulfil", "Handed over")],
        compute="_compute_board_step",
        compute_sudo=True,
        help="What the reader can do with the reward now.",
    )
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue", help="Not handed over though its day is over."
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "reward_id", "responsible_id")
    @api.depends_context("uid")
    def _compute_board_step(self):
        is_officer = self.env.user.has_group(OFFICER)
        for redemption in self:
            may = is_officer or redemption.responsible_id == self.env.user
            step = False
            if may and redemption.state == "reserved" and redemption._is_alone():
                step = "confirm"
            elif may and redemption.state == "done" and redemption.reward_id:
                step = "fulfil"
            redemption.board_step = step

    @api.depends("state", "date_due")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for redemption in self:
            due = redemption.date_due
            redemption.is_overdue = (
                bool(due) and due < today and (redemption.state in OPEN)
            )

    @api.model
    def _group_expand_state(self, states, domain):
        """Return the columns of the kanban in the order of a wish's life."""
        shown = set(states)
        if self.env.context.get("loyalty_b2b_board"):
            shown |= set(BOARD)
        return [
            value
            for value in self._fields["state"].get_values(self.env)
            if value in shown
        ]
