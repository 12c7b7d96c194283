from odoo import api, fields, models

from ..fields import Points


class LoyaltyB2bRuleVersion(models.TransientModel):
    """Asks "from when?" before the terms of a rule change that has given points."""

    _name = "loyalty.b2b.rule.version"
    _description = "New Version of an Earning Rule"

    rule_id = fields.Many2one(
        comodel_name="loyalty.b2b.rule", required=True, readonly=True
    )
    currency_id = fields.Many2one(related="rule_id.currency_id")
    date_start = fields.Date(
        string="From when?", required=True, default=fields.Date.context_today
    )
    effect = fields.Selection(
        selection=lambda self: self.env["loyalty.b2b.rule"]._fields["effect"].selection,
        required=True,
    )
    points = Points(required=True)
    amount = fields.Monetary(string="Per", required=True)

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        rule = self.env["loyalty.b2b.rule"].browse(values.get("rule_id"))
        for name in {"effect", "points", "amount"} & set(fields):
            values.setdefault(name, rule[name])
        return values

    def action_create_version(self):
        """Create the version and open it."""
        self.ensure_one()
        version = self.rule_id._create_version(
            self.date_start,
            effect=self.effect,
            points=self.points,
            amount=self.amount,
        )
        return version.get_formview_action()
