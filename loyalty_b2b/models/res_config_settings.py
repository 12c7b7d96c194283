from odoo import fields, models
from odoo.exceptions import UserError


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    loyalty_b2b_several_programs = fields.Boolean(
        related="company_id.loyalty_b2b_several_programs", readonly=False
    )
    loyalty_b2b_start_by_two = fields.Boolean(
        related="company_id.loyalty_b2b_start_by_two", readonly=False
    )
    loyalty_b2b_integration_user_ids = fields.Many2many(
        related="company_id.loyalty_b2b_integration_user_ids", readonly=False
    )
    loyalty_b2b_integration_team_ids = fields.Many2many(
        related="company_id.loyalty_b2b_integration_team_ids", readonly=False
    )

    # === ACTION METHODS === #

    def action_loyalty_b2b_discount_products(self):
        """Open what stands on the discount lines, with its income account.

        :raises UserError: without a programme.
        """
        programs = self.env["loyalty.b2b.program"].search(
            [("company_id", "=", self.env.company.id), ("state", "!=", "closed")]
        )
        if not programs:
            raise UserError(
                self.env._(
                    "%(company)s has no loyalty programme yet. Create one first.",
                    company=self.env.company.name,
                )
            )
        for program in programs:
            program._get_discount_product()
        products = programs.discount_product_id
        if len(products) == 1:
            return products.get_formview_action()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Discounts for points"),
            "res_model": "product.product",
            "view_mode": "list,form",
            "domain": [("id", "in", products.ids)],
        }
