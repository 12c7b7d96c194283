from odoo import api, fields, models


class LoyaltyB2bGift(models.Model):
    """A row of the register of gifts: who got what from whom, and who agreed."""

    _name = "loyalty.b2b.gift"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Gift"
    _order = "id desc"

    redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Use of points",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    wallet_id = fields.Many2one(related="redemption_id.wallet_id", store=True)
    company_id = fields.Many2one(
        related="redemption_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="redemption_id.currency_id")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Recipient",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    name = fields.Char(string="Name of the recipient", readonly=True)

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)
