from collections import defaultdict

from odoo import models
from odoo.tools import format_date, formatLang

# Kinds that an invoice itself brings; a credit note has entries of its own.
EARNED = ("earn", "bonus", "reversal")


class AccountMove(models.Model):
    """What stands on the printed invoice of the points it earned."""

    _inherit = "account.move"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_print_texts(self):
        """Return a sentence for each programme that prints what invoices earned."""
        self.ensure_one()
        if self.state != "posted" or self.move_type not in (
            "out_invoice",
            "out_receipt",
        ):
            return []
        entries = self.env["loyalty.b2b.entry"].sudo()
        entries = entries.search(
            [
                ("move_ref", "=", self.id),
                ("kind", "in", EARNED),
                ("state", "!=", "cancelled"),
                ("program_id.print_on_invoice", "=", True),
            ]
        )
        by_program = defaultdict(entries.browse)
        for entry in entries:
            by_program[entry.program_id] |= entry
        return [
            self._get_loyalty_b2b_earned_text(program, found)
            for program, found in by_program.items()
            if sum(found.mapped("points")) > 0
        ]

    def _get_loyalty_b2b_earned_text(self, program, entries):
        points = int(sum(entries.mapped("points")))
        values = {
            "points": formatLang(self.env, points, digits=0),
            "name": program._get_point_name(points),
        }
        waiting = entries.filtered(lambda e: e.state == "pending" and e.points > 0)
        if waiting and all(waiting.mapped("date_available")):
            return self.env._(
                "This invoice earned %(points)s %(name)s, available from %(day)s.",
                day=format_date(self.env, max(waiting.mapped("date_available"))),
                **values,
            )
        if any(entry.state == "pending" for entry in entries):
            return self.env._(
                "This invoice earned %(points)s %(name)s, available once it is paid.",
                **values,
            )
        return self.env._("This invoice earned %(points)s %(name)s.", **values)
