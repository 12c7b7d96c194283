from odoo import fields, models

from ..fields import READERS, Points


class AccountMove(models.Model):
    """What the back office shows of the points an invoice gave or took."""

    _inherit = "account.move"

    loyalty_b2b_entry_ids = fields.One2many(
        comodel_name="loyalty.b2b.entry",
        inverse_name="move_id",
        string="Points",
        groups=READERS,
    )
    loyalty_b2b_points = Points(
        string="Net points",
        compute="_compute_loyalty_b2b_points",
        compute_sudo=False,
        groups=READERS,
        help="Points the document gave, less those it took; waiting ones included.",
    )
    loyalty_b2b_entry_count = fields.Integer(
        compute="_compute_loyalty_b2b_points", compute_sudo=False, groups=READERS
    )

    # === COMPUTE METHODS === #

    def _compute_loyalty_b2b_points(self):
        groups = self.env["loyalty.b2b.entry"]._read_group(
            [("move_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["move_id"],
            ["points:sum", "__count"],
        )
        figures = {move.id: (int(points), count) for move, points, count in groups}
        for move in self:
            points, count = figures.get(move._origin.id, (0, 0))
            move.loyalty_b2b_points = points
            move.loyalty_b2b_entry_count = count

    # === ACTION METHODS === #

    def action_loyalty_b2b_entries(self):
        """Open what the document did to points, with the why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_entry_action"
        )
        name = self.env._("Points of %(document)s", document=self.name)
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("move_id", "=", self.id)],
            "context": {"search_default_not_cancelled": 1},
        }
