from odoo import api, fields, models


class LoyaltyB2bProgram(models.Model):
    """What the programme's form says of people on the caption of their tab."""

    _inherit = "loyalty.b2b.program"

    caption_colleagues = fields.Char(compute="_compute_caption_colleagues")

    # === COMPUTE METHODS === #

    @api.depends("colleague_role")
    @api.depends_context("lang")
    def _compute_caption_colleagues(self):
        sees = self.env._("colleagues see the points")
        collects = self.env._("colleagues only collect")
        for program in self:
            is_open = program.colleague_role == "sees"
            program.caption_colleagues = sees if is_open else collects
