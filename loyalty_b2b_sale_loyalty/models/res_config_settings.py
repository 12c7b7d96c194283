from odoo import api, fields, models


class ResConfigSettings(models.TransientModel):
    """Says where programmes of Odoo give points beside those of the company."""

    _inherit = "res.config.settings"

    loyalty_b2b_rival_text = fields.Char(compute="_compute_loyalty_b2b_rival_text")

    @api.depends("company_id")
    def _compute_loyalty_b2b_rival_text(self):
        programs = self.env["loyalty.b2b.program"].sudo()
        for settings in self:
            ours = programs.search(
                [
                    ("company_id", "=", settings.company_id.id),
                    ("state", "not in", ("draft", "closing", "closed")),
                ]
            ).filtered("rival_names")
            settings.loyalty_b2b_rival_text = ours[:1]._get_rival_text()
