from odoo import api, fields, models


class LoyaltyB2bAddReward(models.TransientModel):
    """Shows which rewards a quotation has and could have, and why not."""

    _name = "loyalty.b2b.add.reward"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Add a Reward"

    order_id = fields.Many2one(
        comodel_name="sale.order", required=True, readonly=True, ondelete="cascade"
    )
    customer_id = fields.Many2one(
        comodel_name="res.partner", compute="_compute_customer_id"
    )
    available_text = fields.Char(
        string="Available points", compute="_compute_available_text"
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Asked by",
        domain="[('id', 'child_of', customer_id), ('is_company', '=', False)]",
        help="The person at the customer who wants the reward.",
    )
    taken_ids = fields.One2many(
        comodel_name="loyalty.b2b.add.reward.line",
        inverse_name="taken_wizard_id",
        string="On this quotation",
    )
    line_ids = fields.One2many(
        comodel_name="loyalty.b2b.add.reward.line", inverse_name="wizard_id"
    )

    # === COMPUTE METHODS === #

    @api.depends("order_id")
    def _compute_customer_id(self):
        for wizard in self:
            partner = wizard.order_id.partner_invoice_id
            wizard.customer_id = partner._get_loyalty_b2b_owner()

    @api.depends("order_id")
    @api.depends_context("lang")
    def _compute_available_text(self):
        for wizard in self:
            wizard.order_id.check_access("read")
            wallet = wizard.order_id.sudo()._get_loyalty_b2b_wallet()
            wizard.available_text = wallet and wallet.program_id._format_points(
                wallet.available
            )

    # === BUSINESS METHODS === #

    @api.model
    def _create_for(self, order, contact=None):
        """Create the dialog for a quotation, with a line for each reward.

        :param order: the caller has checked that he may change it.
        """
        contact = contact or order.partner_id.filtered(lambda one: not one.is_company)
        wizard = self.create({"order_id": order.id, "contact_id": contact.id})
        wizard._create_lines()
        return wizard

    def _create_lines(self):
        order, lines = self.order_id, self.env["loyalty.b2b.add.reward.line"].sudo()
        lines.create(
            [
                {
                    "taken_wizard_id": self.id,
                    "redemption_id": use.id,
                    "name": use._get_reward_name(),
                    "points": int(use.points),
                    "gives": use._describe_given(),
                }
                for use in order._get_loyalty_b2b_rewards()
            ]
        )
        lines.create(
            [
                {
                    "wizard_id": self.id,
                    "reward_id": row["id"],
                    "name": row["name"],
                    "points": row["points"],
                    "gives": row["gives"],
                    "refusal": "; ".join(one["text"] for one in row["refusals"]),
                }
                for row in self._get_offer()
            ]
        )

    def _get_offer(self):
        if self.order_id.state not in ("draft", "sent"):
            return []
        return self.order_id._get_loyalty_b2b_rewards_offer()

    def _get_dialog(self):
        return {
            "name": self.env._("Add a reward"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }
