from odoo import fields, models
from odoo.exceptions import AccessError

from .ledger_mixin import _DOOR


class LoyaltyB2bTierChange(models.Model):
    """One step in the history of a wallet's level; only the wallet writes it."""

    _name = "loyalty.b2b.tier.change"
    _inherit = "loyalty.b2b.ledger.mixin"
    _description = "Change of a B2B Loyalty Level"
    _order = "date desc, id desc"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program", required=True, ondelete="cascade"
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, ondelete="cascade"
    )
    date = fields.Date(required=True, help="In the programme's time zone.")
    tier_from_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier", string="From", ondelete="set null"
    )
    tier_to_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier", string="To", ondelete="set null"
    )
    cause = fields.Selection(
        selection=[
            ("reached", "Reached"),
            ("lost", "Not reached again"),
            ("kept", "Kept"),
            ("manual", "Set by hand"),
            ("manual_end", "Set by hand, over"),
            ("terms", "Levels changed"),
            ("merge", "Wallets merged"),
        ],
        required=True,
    )
    measure = fields.Float(
        digits=(16, 2), help="What had been reached in the period that decided."
    )
    date_until = fields.Date(string="Until", help="Last day for which it was granted.")
    reason = fields.Char()
    user_id = fields.Many2one(comodel_name="res.users", ondelete="set null")

    # === CRUD METHODS === #

    def _check_door(self):
        if self.env.context.get("loyalty_door") is not _DOOR:
            raise AccessError(
                self.env._(
                    "The history of levels is written by the wallet itself. To give"
                    " another level, use “Set level” on the wallet."
                )
            )
