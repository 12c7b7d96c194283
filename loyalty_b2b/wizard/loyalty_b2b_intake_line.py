from odoo import fields, models

from ..fields import Points


class LoyaltyB2bIntakeLine(models.AbstractModel):
    """What taking over points does with one line."""

    _name = "loyalty.b2b.intake.line"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "What Taking Over Does"
    _order = "number, id"

    number = fields.Integer(string="Line")
    label = fields.Char(string="As written")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", ondelete="cascade"
    )
    points = Points()
    date_expiry = fields.Date(string="Last day of use")
    note = fields.Char(string="Text")
    outcome = fields.Selection(
        selection=[
            ("book", "Will be booked"),
            ("enrol", "Will be enrolled and booked"),
            ("same", "Booked before"),
            ("refused", "Cannot be booked"),
        ],
        string="What happens",
    )
    message = fields.Char(string="Because")
