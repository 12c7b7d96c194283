from odoo import fields, models

# What only the verbs of the wallet write.
TIER_FIELDS = (
    "tier_id",
    "tier_since",
    "tier_earned_id",
    "tier_until",
    "tier_manual_id",
    "tier_manual_until",
    "tier_reason",
)


class LoyaltyB2bWallet(models.Model):
    """The level of a wallet: earned, or set by hand; the higher of both holds."""

    _inherit = "loyalty.b2b.wallet"

    tier_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    tier_since = fields.Date(string="Level since", readonly=True, copy=False)
    tier_earned_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level earned",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    tier_until = fields.Date(
        string="Level until",
        readonly=True,
        copy=False,
        help="End of the period for which the earned level was reached; after it, and"
        " the programme's grace, the level is looked at again.",
    )
    tier_manual_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level set by hand",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    tier_manual_until = fields.Date(
        string="Set by hand until", readonly=True, copy=False
    )
    tier_reason = fields.Char(string="Reason for the level", readonly=True, copy=False)
    tier_change_ids = fields.One2many(
        comodel_name="loyalty.b2b.tier.change",
        inverse_name="wallet_id",
        string="History of levels",
    )
