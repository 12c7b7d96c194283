from odoo import fields, models


class LoyaltyB2bMissed(models.Model):
    """A document posted while a programme was paused; it can be booked afterwards."""

    _name = "loyalty.b2b.missed"
    _description = "Document Posted while a Programme was Paused"
    _order = "program_id, id"
    _rec_name = "move_id"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        required=True,
        index=True,
        ondelete="cascade",
    )
    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    move_id = fields.Many2one(
        comodel_name="account.move", required=True, index=True, ondelete="cascade"
    )

    _move_uniq = models.UniqueIndex("(program_id, move_id)")
