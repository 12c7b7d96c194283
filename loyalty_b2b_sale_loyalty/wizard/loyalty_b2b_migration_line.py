from odoo import fields, models


class LoyaltyB2bMigrationLine(models.TransientModel):
    """What taking over a loyalty card does."""

    _name = "loyalty.b2b.migration.line"
    _inherit = "loyalty.b2b.intake.line"
    _description = "What Taking Over a Card Does"

    wizard_id = fields.Many2one(
        comodel_name="loyalty.b2b.migration", required=True, ondelete="cascade"
    )
    label = fields.Char(string="Card")
    old_points = fields.Float(string="Old points", digits=(16, 2))
    remainder = fields.Float(
        string="Left over",
        digits=(16, 2),
        help="Old points that make no whole new one.",
    )
