from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    """Personal gifts in the settings."""

    _inherit = "res.config.settings"

    loyalty_b2b_currency_id = fields.Many2one(
        related="company_id.currency_id", string="Currency of the company"
    )
    loyalty_b2b_gifts = fields.Boolean(
        related="company_id.loyalty_b2b_gifts", readonly=False
    )
    loyalty_b2b_gift_count = fields.Integer(
        related="company_id.loyalty_b2b_gift_count", readonly=False
    )
    loyalty_b2b_gift_person_limit = fields.Monetary(
        related="company_id.loyalty_b2b_gift_person_limit",
        readonly=False,
        currency_field="loyalty_b2b_currency_id",
    )
    loyalty_b2b_gift_company_limit = fields.Monetary(
        related="company_id.loyalty_b2b_gift_company_limit",
        readonly=False,
        currency_field="loyalty_b2b_currency_id",
    )
    loyalty_b2b_gift_threshold = fields.Monetary(
        related="company_id.loyalty_b2b_gift_threshold",
        readonly=False,
        currency_field="loyalty_b2b_currency_id",
    )
    loyalty_b2b_gift_years = fields.Integer(
        related="company_id.loyalty_b2b_gift_years", readonly=False
    )
    loyalty_b2b_gift_public_tag_ids = fields.Many2many(
        related="company_id.loyalty_b2b_gift_public_tag_ids", readonly=False
    )
    loyalty_b2b_gift_text = fields.Text(
        related="company_id.loyalty_b2b_gift_text", readonly=False
    )
