from odoo import models

from .loyalty_b2b_redemption import USE


class SaleOrder(models.Model):
    """Which invoice of an order carries its discounts for points."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _get_invoiceable_lines(self, final=False):
        """Keep discounts for points for the first invoice that can bear them all."""
        lines = super()._get_invoiceable_lines(final)
        ours = lines.filtered(lambda line: line._is_loyalty_b2b_discount())
        if not ours or self._can_bear_loyalty_b2b(lines - ours, ours):
            return lines
        return lines - ours

    def _can_bear_loyalty_b2b(self, lines, discounts):
        """Tell whether lines to invoice are worth more than the discounts.

        In every tax combination, so that no rate goes below zero; in all together
        where nothing is left for another invoice.

        :param lines: order lines that would be invoiced.
        :param discounts: order lines of points.
        """
        by_taxes = self._sum_loyalty_b2b_to_invoice(lines)
        less = self._sum_loyalty_b2b_to_invoice(discounts)
        compare = self.currency_id.compare_amounts
        if compare(sum(by_taxes.values()), -sum(less.values())) < 0:
            return False
        if all(
            compare(
                sum(net for own, net in by_taxes.items() if taxes <= own), -discount
            )
            >= 0
            for taxes, discount in less.items()
        ):
            return True
        goods = self.order_line - discounts - lines
        return not goods.filtered(
            lambda line: (
                line.state == "sale"
                and not line.display_type
                and not line.is_downpayment
                and not line.loyalty_b2b_redemption_id
                and line.product_uom_qty > line.qty_invoiced
            )
        )

    def _sum_loyalty_b2b_to_invoice(self, lines):
        """Sum what would be invoiced of order lines, tax included, by taxes."""
        AccountTax = self.env["account.tax"]
        sums = {}
        for line in lines.filtered(lambda line: not line.display_type):
            base_line = line._prepare_base_line_for_taxes_computation(
                quantity=line.qty_to_invoice
            )
            AccountTax._add_tax_details_in_base_line(base_line, self.company_id)
            total = base_line["tax_details"]["raw_total_included_currency"]
            sums[line.tax_ids] = sums.get(line.tax_ids, 0.0) + total
        return sums

    def _create_account_invoices(self, invoice_vals_list, final):
        at_work = self.with_context(loyalty_b2b_use=USE)
        moves = super(SaleOrder, at_work)._create_account_invoices(
            invoice_vals_list, final
        )
        return moves.with_env(self.env)
