from odoo import models

from ..booking.documents import money
from ..tools import engine


class SaleOrder(models.Model):
    """What an order promises: the same evaluation as posting, nothing written."""

    _inherit = "sale.order"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_expected_points(self, program):
        """Return the points that the whole order earns once it is invoiced.

        :param program: `loyalty.b2b.program`.
        """
        self.ensure_one()
        lines = self._prepare_loyalty_b2b_lines(program, program._today())
        digits = self.currency_id.decimal_places
        rows = engine.explain(lines, program.sudo()._get_rule_set(), digits)
        return engine.group_points(rows)

    def _prepare_loyalty_b2b_lines(self, program, day):
        """Return the order's lines as the engine wants them.

        :param date day: on which it is (or would be) invoiced.
        """
        self.ensure_one()
        exclusions = program._get_exclusions()
        lines = self.order_line.filtered(
            lambda line: not line.display_type and not line.is_downpayment
        )
        return [
            self._prepare_loyalty_b2b_line(line, program, day, exclusions)
            for line in lines
        ]

    def _prepare_loyalty_b2b_line(self, line, program, day, exclusions):
        row = {
            "is_downpayment": False,
            "product_id": line.product_id.id,
            "categ_id": line.product_id.categ_id.id,
            "pricelist_id": self.pricelist_id.id,
            "discount": line.discount,
        }
        amount = self.currency_id._convert(
            line.price_subtotal, program.currency_id, self.company_id, day
        )
        is_discount = line.loyalty_b2b_redemption_id
        return engine.Line(
            key=f"sol:{line.id}",
            group=f"order:{self.id}",
            base=money(line.price_subtotal, self.currency_id),
            amount=money(amount, program.currency_id),
            date=day,
            kind="points_discount" if is_discount else "product",
            product=line.product_id.id,
            category=line.product_id.categ_id.id,
            exclusion=program._get_line_exclusion(row, exclusions),
            order_line=line.id,
            order_date=program._local_day(self.date_order),
        )

    def _is_loyalty_b2b_paid_in_advance(self):
        """Tell whether posted down payments cover the whole order."""
        self.ensure_one()
        advance = self.order_line.filtered("is_downpayment").invoice_lines.filtered(
            lambda line: line.parent_state == "posted"
        )
        amount = -sum(advance.mapped("amount_currency"))
        return self.currency_id.compare_amounts(amount, self.amount_untaxed) >= 0
