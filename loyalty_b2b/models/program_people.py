from odoo import fields, models


class LoyaltyB2bProgram(models.Model):
    """What the people of a company may do as long as nobody said otherwise."""

    _inherit = "loyalty.b2b.program"

    colleague_role = fields.Selection(
        selection=[
            ("collects", "Only collect: they see no points"),
            ("sees", "See the company's points"),
        ],
        string="Colleagues",
        required=True,
        default="sees",
        help="What contacts of a company may do to whom nobody has given a role.",
    )
