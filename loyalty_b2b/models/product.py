from odoo import api, fields, models


class ProductTemplate(models.Model):
    _inherit = "product.template"

    loyalty_b2b_commercial_bonus = fields.Boolean(
        string="Commercial bonus",
        help="Credit notes of this product that belong to no invoice (a yearly bonus,"
        " say) take no points back.",
    )


class ProductCategory(models.Model):
    """Rules know the categories below theirs: compiled anew when these move."""

    _inherit = "product.category"

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        self.env.registry.clear_cache()
        return categories

    def write(self, vals):
        result = super().write(vals)
        if "parent_id" in vals:
            self.env.registry.clear_cache()
        return result
