from odoo import models
from odoo.fields import Command

from ..tools import invoicing, rounding


class LoyaltyB2bRedemption(models.Model):
    """The discount lines of a use of points, in every kind of taxes. Writes nothing."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _prepare_discount_lines(self, base_lines, product):
        """Prepare the order lines that take `amount` off, each with its taxes.

        :param list base_lines: of `_get_base_lines`.
        :param product: the discount product.
        :return: list of dicts for `sale.order.line`.
        """
        base_lines = self._get_discountable(base_lines)
        if self.rate_tax == "gross":
            rows = self._prepare_gross_lines(base_lines, product)
        else:
            rows = self._prepare_net_lines(base_lines)
        names = self._get_line_names([row["tax_ids"] for row in rows])
        return [
            {
                "name": name,
                "product_id": product.id,
                "product_uom_qty": 1.0,
                "technical_price_unit": 0.0,
                "sequence": 999,
                **row,
                "tax_ids": [Command.set(row["tax_ids"].ids)],
                **self._prepare_margin_values(),
            }
            for name, row in zip(names, rows, strict=True)
        ]

    def _prepare_net_lines(self, base_lines):
        """Spread the net amount over the tax combinations; VAT is left to Odoo."""
        parts = self._get_taxable_parts(base_lines)
        nets = self._sum_base_lines(parts, lambda line: line["tax_ids"])
        digits = self._get_digits()
        shares = invoicing.spread_discount(
            rounding.to_minor(self.amount, digits),
            [rounding.to_minor(net, digits) for net in nets.values()],
        )
        return [
            {
                "tax_ids": taxes,
                "price_unit": -self._get_price(
                    float(rounding.from_minor(share, digits)), taxes
                ),
            }
            for taxes, share in zip(nets, shares, strict=True)
            if share
        ]

    def _get_price(self, net, taxes):
        """Return the unit price of which `net` remains without taxes.

        It is more than that where taxes are included in prices.
        """
        if not any(taxes.flatten_taxes_hierarchy().mapped("price_include")):
            return net
        base_line = self.env["account.tax"]._prepare_base_line_for_taxes_computation(
            None,
            tax_ids=taxes,
            price_unit=net,
            quantity=1.0,
            currency_id=self.currency_id,
            rate=self.order_id.currency_rate,
            special_mode="total_excluded",
        )
        company = self.order_id.company_id
        self.env["account.tax"]._add_tax_details_in_base_line(base_line, company)
        return net + sum(
            part["raw_tax_amount_currency"]
            for part in base_line["tax_details"]["taxes_data"]
            if part["tax"].price_include
        )

    def _prepare_gross_lines(self, base_lines, product):
        """Let Odoo's global discount make the total fall by exactly the amount."""
        AccountTax = self.env["account.tax"]
        lines = AccountTax._prepare_global_discount_lines(
            base_lines=base_lines,
            company=self.order_id.company_id,
            amount_type="fixed",
            amount=self.amount,
            # with this beginning Odoo leaves the price of the lines alone
            computation_key=f"global_discount,loyalty_b2b_{self._origin.id or 0}",
            grouping_function=lambda base_line: {"product_id": product},
        )
        return [
            {
                "tax_ids": line["tax_ids"],
                "price_unit": line["price_unit"],
                "product_uom_qty": line["quantity"],
                "extra_tax_data": AccountTax._export_base_line_extra_tax_data(line),
            }
            for line in lines
        ]

    def _prepare_margin_values(self):
        """Return what keeps the lines out of margins, for glue with costs."""
        if "purchase_price" in self.env["sale.order.line"]._fields:
            return {"purchase_price": 0.0}
        return {}

    def _get_line_names(self, taxes):
        """Return the texts of discount lines in the customer's language.

        :param list taxes: of each line; named where there are several lines.
        """
        name = self._get_line_name()
        if len(taxes) < 2:
            return [name] * len(taxes)
        lang = self.order_id._get_lang()
        return [
            f"{name} ({', '.join(group.with_context(lang=lang).mapped('name'))})"
            if group
            else name
            for group in taxes
        ]

    def _get_line_name(self):
        """Return the text of a line in the customer's language, without its taxes."""
        record = self.with_context(lang=self.order_id._get_lang())
        program = record.program_id
        return record.env._(
            "Discount – programme %(program)s, %(points)s %(point_name)s",
            program=program.name,
            points=record._format_points(record.points),
            point_name=program._get_point_name(record.points),
        )

    def _get_new_total(self, base_lines):
        """Return the order's total, tax included, with the discount `amount`."""
        order = self.order_id
        lines = base_lines + self._get_further_lines(base_lines)
        if self.amount:
            rows = self._prepare_discount_lines(base_lines, self.env["product.product"])
            rows = [order.order_line.new({**row, "order_id": order.id}) for row in rows]
            lines += [row._prepare_base_line_for_taxes_computation() for row in rows]
            self._add_tax_details(lines)
        totals = self.env["account.tax"]._get_tax_totals_summary(
            base_lines=lines, currency=order.currency_id, company=order.company_id
        )
        return totals["total_amount_currency"]

    def _get_further_lines(self, base_lines):
        """Return the order's lines that stay and this discount does not concern."""
        order = self.order_id
        known = {line["record"] for line in base_lines}
        replaced = self._origin
        if not self.reward_id:
            replaced |= order._get_loyalty_b2b_redemption()
        further = order.order_line.filtered(
            lambda line: (
                not line.display_type
                and line not in known
                and line.loyalty_b2b_redemption_id not in replaced
            )
        )
        return self._add_tax_details(
            [line._prepare_base_line_for_taxes_computation() for line in further]
        )
