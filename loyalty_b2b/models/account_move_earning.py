from odoo import models

from ..booking.documents import prepare_line
from ..booking.lines import Lines
from ..tools import engine


class AccountMove(models.Model):
    """What documents give by a programme's rules: evaluated, nothing written."""

    _inherit = "account.move"

    # === BUSINESS METHODS === #

    def _prepare_loyalty_b2b_lines(self, program):
        """Return the lines of documents as the engine wants them.

        A credit or debit note counts with what it corrects, as far as that is known.

        :param program: `loyalty.b2b.program` in sudo.
        :return: move id → list of `engine.Line`.
        """
        rows = self._query_loyalty_b2b_lines()
        product_ids = {row["product_id"] for found in rows.values() for row in found}
        owners = {move: move.partner_id._get_loyalty_b2b_owner() for move in self}
        matches = program._match_domains(
            product_ids - {None}, {owner.id for owner in owners.values()}
        )
        filler = Lines(program, matches)
        customers = {
            owner: filler.prepare_customer(
                owner._prepare_loyalty_b2b_facts(program, filler.asks)
            )
            for owner in set(owners.values())
        }
        lines = {}
        for move in self:
            document = move._prepare_loyalty_b2b_document(posted_before=False)
            document.id = move.reversed_entry_id.id or document.debited.id or move.id
            lines[move.id] = [
                prepare_line(filler, row, document, customers[owners[move]])
                for row in rows[move.id]
            ]
        return lines

    def _try_loyalty_b2b(self, program):
        """Return what the rules of a programme give for an invoice.

        As at its posting, after the earlier invoices of its orders; whether the
        customer takes part does not matter.

        :param program: `loyalty.b2b.program` in sudo.
        :return: `engine.Trial`.
        """
        self.ensure_one()
        earlier = self._get_loyalty_b2b_earlier()
        lines = (earlier | self)._prepare_loyalty_b2b_lines(program)
        return engine.try_out(
            lines[self.id],
            program._get_rule_set(),
            [lines[move.id] for move in earlier],
            self.currency_id.decimal_places,
        )

    def _get_loyalty_b2b_earlier(self):
        """Return the invoices that were booked before for the same orders."""
        orders = self.line_ids.sale_line_ids.order_id
        earlier = orders.invoice_ids.filtered(
            lambda move: (
                move.state == "posted"
                and move.move_type in ("out_invoice", "out_receipt")
                and move._get_loyalty_b2b_turn() < self._get_loyalty_b2b_turn()
            )
        )
        debited = self._get_loyalty_b2b_debited()
        return (earlier | debited).sorted(lambda move: move._get_loyalty_b2b_turn())

    def _get_loyalty_b2b_turn(self):
        """Return by what documents are booked in turn."""
        return (self.invoice_date or self.date, self.name or "", self.id)
