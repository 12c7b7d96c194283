from odoo import api, fields, models
from odoo.tools import formatLang

from ..booking.documents import prepare_line
from ..booking.lines import Lines
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
        for line in moves._prepare_loyalty_b2b_missed_lines(program):
            groups.setdefault(line.group, []).append(line)
        rules = program._get_rule_set()
        return sum(
            engine.group_points(engine.explain(lines, rules), rules)
            for lines in groups.values()
        )


class AccountMove(models.Model):
    _inherit = "account.move"

    def _prepare_loyalty_b2b_missed_lines(self, program):
        """Return the lines of posted documents as the engine wants them.

        A credit note counts with what it credits, as far as that is known.
        """
        rows = self._query_loyalty_b2b_lines()
        product_ids = {row["product_id"] for found in rows.values() for row in found}
        owners = {move: move.partner_id._get_loyalty_b2b_owner() for move in self}
        matches = program._match_domains(
            product_ids - {None}, {owner.id for owner in owners.values()}
        )
        filler = Lines(program, matches)
        lines = []
        for move in self:
            document = move._prepare_loyalty_b2b_document(posted_before=False)
            # a credit note falls into the group of its invoice
            document.id = move.reversed_entry_id.id or move.id
            customer = filler.prepare_customer(
                owners[move]._prepare_loyalty_b2b_facts(filler.asks)
            )
            lines += [
                prepare_line(filler, row, document, customer) for row in rows[move.id]
            ]
        return lines
