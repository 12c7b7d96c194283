from odoo import api, fields, models
from odoo.tools import formatLang

from ..fields import READERS
from ..tools import engine, periods

MISSED_MONTHS = 3


class SaleOrder(models.Model):
    """What a customer without a wallet would have earned: a reason to invite."""

    _inherit = "sale.order"

    loyalty_b2b_missed_text = fields.Char(
        compute="_compute_loyalty_b2b_missed_text",
        compute_sudo=False,
        groups=READERS,
    )

    # === COMPUTE METHODS === #

    @api.depends("loyalty_b2b_can_invite", "partner_invoice_id")
    @api.depends_context("lang")
    def _compute_loyalty_b2b_missed_text(self):
        for order in self:
            program = self.env["loyalty.b2b.program"]
            if order.loyalty_b2b_can_invite:
                partner = order.partner_invoice_id.with_company(order.company_id)
                program = partner._get_loyalty_b2b_invite_program().sudo()
            points = program and order._get_loyalty_b2b_missed_points(program)
            order.loyalty_b2b_missed_text = (
                self.env._(
                    "The last 3 months would have earned %(points)s %(name)s.",
                    points=formatLang(self.env, points, digits=0),
                    name=program._get_point_name(points),
                )
                if points
                else ""
            )

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_missed_points(self, program):
        """Return what the posted invoices of the last three months would have earned.

        The same evaluation as posting, nothing written.

        :param program: in sudo.
        """
        self.ensure_one()
        since = periods.add_months(program._today(), -MISSED_MONTHS)
        moves = (
            self.env["account.move"]
            .sudo()
            .search(
                [
                    ("move_type", "in", ("out_invoice", "out_refund", "out_receipt")),
                    ("state", "=", "posted"),
                    ("company_id", "=", program.company_id.id),
                    (
                        "commercial_partner_id",
                        "=",
                        self.partner_invoice_id._get_loyalty_b2b_owner().id,
                    ),
                    ("invoice_date", ">=", since),
                ]
            )
        )
        groups = {}
        for lines in moves._prepare_loyalty_b2b_lines(program).values():
            for line in lines:
                groups.setdefault(line.group, []).append(line)
        rules = program._get_rule_set()
        return sum(
            engine.group_points(engine.explain(lines, rules), rules)
            for lines in groups.values()
        )
