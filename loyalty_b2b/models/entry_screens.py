from odoo import fields, models


class LoyaltyB2bEntry(models.Model):
    """What the back office shows of a ledger entry."""

    _inherit = "loyalty.b2b.entry"

    program_id = fields.Many2one(string="Programme")
    point_name = fields.Char(related="program_id.point_name")
    taken_back_ids = fields.One2many(
        comodel_name="loyalty.b2b.entry",
        inverse_name="reversed_entry_id",
        string="Taken back by",
        help="Later entries that take this one back or return it, wholly or in part.",
    )
    descendant_ids = fields.One2many(
        comodel_name="loyalty.b2b.entry",
        inverse_name="root_entry_id",
        string="Lives on in",
        help="Later lots made of these points: returned or transferred ones.",
    )

    # === ACTION METHODS === #

    def action_open(self):
        """Open the entry with its why."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ledger entry"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    def action_view_move(self):
        """Open the invoice behind the entry."""
        self.ensure_one()
        return self.move_id.get_formview_action()

    def action_view_order(self):
        """Open the order behind the entry."""
        self.ensure_one()
        return self.order_id.get_formview_action()
