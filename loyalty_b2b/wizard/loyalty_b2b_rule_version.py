from odoo import fields, models


class LoyaltyB2bRuleVersion(models.TransientModel):
    """Asks "from when?" before the terms of a rule change that has given points."""

    _name = "loyalty.b2b.rule.version"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "New Version of an Earning Rule"

    rule_id = fields.Many2one(
        comodel_name="loyalty.b2b.rule", required=True, readonly=True
    )
    sentence = fields.Char(related="rule_id.sentence", string="Reads now")
    date_start = fields.Date(
        string="From when?",
        required=True,
        default=fields.Date.context_today,
        help="First day of the new version; the rule as it is ends the day before.",
    )

    def action_create_version(self):
        """Create the version, the same but for its first day, and open it to edit."""
        self.ensure_one()
        version = self.rule_id._create_version(self.date_start)
        return {**version.get_formview_action(), "target": "current"}
