from datetime import timedelta

from odoo import api, fields, models, tools


class LoyaltyB2bProgram(models.Model):
    """What using points needs: the discount product, and how long points are held."""

    _inherit = "loyalty.b2b.program"

    def _get_hold_end(self, validity_date):
        """Return until when a quotation holds points.

        :param date validity_date: last day of the quotation, included; may be empty.
        :return: moment in UTC: after `hold_days`, or when the quotation expires.
        """
        self.ensure_one()
        end = fields.Datetime.now() + timedelta(days=self.hold_days)
        if not validity_date:
            return end
        return min(end, self._get_day_start(validity_date + timedelta(days=1)))

    def _get_reward_kinds_without_revenue(self):
        """Return the kinds of rewards whose lines say nothing about what was sold.

        They earn nothing, and what other lines earn does not fall because of them.
        """
        return frozenset({"product"})

    def _get_discount_product(self):
        """Return the product of the discount lines; one per company, made on demand."""
        self.ensure_one()
        if not self.discount_product_id:
            self.discount_product_id = (
                self.search(
                    [
                        ("company_id", "=", self.company_id.id),
                        ("discount_product_id", "!=", False),
                    ],
                    limit=1,
                ).discount_product_id
                or self._create_discount_product()
            )
        return self.discount_product_id

    def _create_discount_product(self):
        return self.env["product.product"].create(
            {
                "name": self.env._("Discount for points"),
                "type": "service",
                "invoice_policy": "order",
                "list_price": 0.0,
                "sale_ok": False,
                "purchase_ok": False,
                "taxes_id": False,
                "supplier_taxes_id": False,
                "company_id": self.company_id.id,
            }
        )

    @api.model
    @tools.ormcache()
    def _get_discount_product_ids(self):
        """Return the products that only the wallet puts on documents."""
        programs = self.sudo().with_context(active_test=False).search([])
        return frozenset(programs.discount_product_id.ids)
