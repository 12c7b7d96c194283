from odoo import api, fields, models

from ..fields import Points


class LoyaltyB2bRuleStep(models.Model):
    """A step of a rule's ladder: an amount, and the points for reaching it."""

    _name = "loyalty.b2b.rule.step"
    _description = "Step of a B2B Loyalty Earning Rule"
    _order = "rule_id, amount, id"

    rule_id = fields.Many2one(
        comodel_name="loyalty.b2b.rule", required=True, index=True, ondelete="cascade"
    )
    currency_id = fields.Many2one(related="rule_id.currency_id")
    amount = fields.Monetary(
        string="From",
        required=True,
        help="Untaxed amount of an order in the programme's currency, above 0.",
    )
    points = Points(required=True, help="Whole points given, at least 1.")

    _positive = models.Constraint(
        "CHECK (amount > 0 AND points > 0)",
        "Each step of a ladder gives at least 1 point from an amount above zero.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = self.env["loyalty.b2b.rule"].browse(
            [vals["rule_id"] for vals in vals_list if vals.get("rule_id")]
        )
        rules._check_terms_unchanged({"step_ids"})
        steps = super().create(vals_list)
        self.env.registry.clear_cache()
        return steps

    def write(self, vals):
        rules = self.rule_id
        if vals.get("rule_id"):
            rules |= rules.browse(vals["rule_id"])
        rules._check_terms_unchanged({"step_ids"})
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_earned(self):
        self.rule_id._check_terms_unchanged({"step_ids"})

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result
