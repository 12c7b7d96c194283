from odoo import api, models


class LoyaltyRule(models.Model):
    """Rules say which products are sold gift cards; that is remembered."""

    _inherit = "loyalty.rule"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self.env.registry.clear_cache()
        return super().create(vals_list)

    def write(self, vals):
        if "product_ids" in vals or "program_id" in vals:
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()
