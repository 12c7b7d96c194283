from odoo import api, models


class LoyaltyRule(models.Model):
    """Rules say which products are sold gift cards; that is remembered."""

    _inherit = "loyalty.rule"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        result = super().write(vals)
        if "product_ids" in vals or "program_id" in vals:
            self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
