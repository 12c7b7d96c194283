from odoo import api, fields, models
from odoo.tools import SQL


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


class ProductProduct(models.Model):
    _inherit = "product.product"

    def _get_loyalty_b2b_tags_sql(self, product, template):
        """Return SQL for an array of the tags of a product, its template's included.

        :param str product: alias of the product's table.
        :param str template: alias of its template's table.
        """
        fields = self.env["product.template"]._fields, self._fields
        return SQL(
            "ARRAY(SELECT %s FROM %s WHERE %s = %s UNION SELECT %s FROM %s"
            " WHERE %s = %s)",
            *self._get_loyalty_b2b_relation(fields[0]["product_tag_ids"], template),
            *self._get_loyalty_b2b_relation(
                fields[1]["additional_product_tag_ids"], product
            ),
        )

    @staticmethod
    def _get_loyalty_b2b_relation(field, alias):
        return (
            SQL.identifier(field.column2),
            SQL.identifier(field.relation),
            SQL.identifier(field.column1),
            SQL.identifier(alias, "id"),
        )
