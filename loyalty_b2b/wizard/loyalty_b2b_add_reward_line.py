import uuid

from odoo import fields, models
from odoo.exceptions import AccessError

from ..fields import Points


class LoyaltyB2bAddRewardLine(models.TransientModel):
    """A reward in the dialog: on the quotation, or to be added."""

    _name = "loyalty.b2b.add.reward.line"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Reward for a Quotation"
    _order = "id"

    wizard_id = fields.Many2one(
        comodel_name="loyalty.b2b.add.reward", readonly=True, ondelete="cascade"
    )
    taken_wizard_id = fields.Many2one(
        comodel_name="loyalty.b2b.add.reward", readonly=True, ondelete="cascade"
    )
    reward_id = fields.Many2one(
        comodel_name="loyalty.b2b.reward", readonly=True, ondelete="cascade"
    )
    redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption", readonly=True, ondelete="cascade"
    )
    name = fields.Char(readonly=True)
    points = Points(string="Price", readonly=True, help="Whole points.")
    gives = fields.Text(string="The order gets", readonly=True)
    refusal = fields.Text(string="Why not", readonly=True)
    quantity = fields.Integer(default=1, help="How many, 1 or more.")
    request = fields.Char(
        default=lambda self: str(uuid.uuid4()),
        readonly=True,
        help="Two clicks are one wish.",
    )

    # === ACTION METHODS === #

    def action_add(self):
        """Put the reward on the quotation: who may change it may do so."""
        wizard, reward = self._get_own("wizard_id"), self.sudo().reward_id
        order = wizard.order_id
        order._check_loyalty_b2b_contact(wizard.contact_id)
        # nobody adds what the dialog has not offered him
        if reward not in order._get_loyalty_b2b_offered():
            raise AccessError(self.env._("This reward is not for this order."))
        order._add_loyalty_b2b_reward(
            reward,
            self.quantity,
            wizard.contact_id,
            request_key=self.sudo().request,
        )
        return wizard._create_for(order, wizard.contact_id)._get_dialog()

    def action_remove(self):
        """Take the reward off the quotation; the points come back."""
        wizard, use = self._get_own("taken_wizard_id"), self.sudo().redemption_id
        order = wizard.order_id
        if use in order._get_loyalty_b2b_rewards():
            order._remove_loyalty_b2b_reward(use)
        return wizard._create_for(order, wizard.contact_id)._get_dialog()

    def _get_own(self, name):
        """Return the dialog of a line, whose order the user may change.

        :param str name: field of the dialog.
        :raises AccessError: for everybody else.
        """
        self.ensure_one()
        wizard = self[name]
        if not wizard:
            raise AccessError(self.env._("This reward is not for this order."))
        wizard.check_access("write")
        wizard.order_id.check_access("write")
        return wizard
