from odoo import api, fields, models
from odoo.tools import groupby

# Zeros of which one for each rule helps a reader; others say what did not happen.
TELLING = ("below_minimum", "capped")


class LoyaltyB2bEntry(models.Model):
    """Which lines of an explanation help its reader, and which only fill it."""

    _inherit = "loyalty.b2b.entry"

    why_ids = fields.Many2many(
        comodel_name="loyalty.b2b.entry.line",
        string="Telling lines",
        compute="_compute_why_ids",
        help="The lines that explain the points.",
    )
    idle_ids = fields.Many2many(
        comodel_name="loyalty.b2b.entry.line",
        string="Rules that gave nothing",
        compute="_compute_why_ids",
        help="Rules that cover a line, and give nothing for it in this entry.",
    )

    # === COMPUTE METHODS === #

    @api.depends("line_ids")
    def _compute_why_ids(self):
        for entry in self:
            entry.why_ids = entry._get_why_lines()
            entry.idle_ids = entry.line_ids.filtered(
                lambda line, shown=entry.why_ids: (
                    line not in shown and line.part != "cap"
                )
            )

    # === BUSINESS METHODS === #

    def _get_ordered_lines(self):
        """Return the explanation as booked; what multiplies comes after what it does.

        Of each document line, that is.
        """
        lines = self.line_ids.sorted("id")
        places = {}
        for line in lines:
            places.setdefault((line.key, line.part, line.source), len(places))
        return lines.sorted(
            lambda line: (
                places[line.key, line.part, line.source],
                line.effect == "multiplier",
                line.id,
            )
        )

    def _get_why_lines(self):
        """Return the lines of the explanation that help its reader, in their order.

        Those with points; of a document line without any, the one that says why; of a
        rule whose minimum or limit let nothing through, one line; of a cap that took
        something, one.
        """
        self.ensure_one()
        lines = self._get_ordered_lines()
        shown = set(lines.filtered("points").ids)
        places = groupby(
            lines.filtered(lambda line: line.part != "cap"),
            lambda line: (line.key, line.part, line.source),
        )
        for _place, found in places:
            if not any(line.points for line in found):
                shown.add(next((x for x in found if x.reason != "later"), found[0]).id)
        for _rule, found in groupby(
            lines.filtered(lambda line: line.reason in TELLING),
            lambda line: (line.rule_ref, line.reason),
        ):
            shown.add(found[0].id)
        for _rule, found in groupby(
            lines.filtered(lambda line: line.part == "cap"),
            lambda line: line.rule_ref,
        ):
            if found[0].limit_text:
                shown.add(found[0].id)
        return lines.filtered(lambda line: line.id in shown)
