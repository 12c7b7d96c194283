from odoo import fields, models, tools


class LoyaltyB2bProgram(models.Model):
    """Whether and when a programme's customers are told what happens."""

    _inherit = "loyalty.b2b.program"

    notices = fields.Boolean(
        string="Messages to customers",
        default=True,
        help="Service messages: one a day at most for each person. Points of whose end"
        " nobody was told do not expire.",
    )

    @tools.ormcache("self.id")
    def _has_notices(self):
        """Tell whether customers of the programme get messages."""
        return self.sudo().notices
