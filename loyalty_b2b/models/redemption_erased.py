from odoo import fields, models


class LoyaltyB2bRedemption(models.Model):
    """A use of points whose person's name was erased."""

    _inherit = "loyalty.b2b.redemption"

    contact_alias = fields.Char(
        string="Asked by (erased)",
        readonly=True,
        copy=False,
        help="Stands for the person whose name was erased.",
    )

    def _prepare_entry_values(self, share=1.0):
        values = super()._prepare_entry_values(share)
        if not self.contact_id and self.contact_alias:
            values["contact_name"] = self.contact_alias
        return values
