from odoo import fields, models


class LoyaltyB2bProgram(models.Model):
    """The rewards of a programme, counted on its form."""

    _inherit = "loyalty.b2b.program"

    reward_count = fields.Integer(
        string="Rewards offered", compute="_compute_reward_count"
    )

    # === COMPUTE METHODS === #

    def _compute_reward_count(self):
        groups = self.env["loyalty.b2b.reward"]._read_group(
            [("program_id", "in", self.ids)], ["program_id"], ["__count"]
        )
        counts = dict(groups)
        for program in self:
            program.reward_count = counts.get(program, 0)

    # === ACTION METHODS === #

    def action_view_rewards(self):
        """Open the catalogue of the programme."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_reward_action"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"default_program_id": self.id},
        }
