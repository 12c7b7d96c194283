from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..fields import Points

# In the context of steps that are written with their rule, which checks the whole
# ladder once all of it is there; no remote call can carry it.
WITHIN_RULE = object()


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
        drafts = self.browse()
        for vals in vals_list:
            drafts += self.new(self._add_missing_default_values(vals))
        # before the database refuses with words that name no rule
        drafts._check_step()
        drafts.rule_id._check_terms_unchanged({"step_ids"})
        steps = super().create(vals_list)
        steps._after_change(steps.rule_id)
        return steps

    def write(self, vals):
        rules = self.rule_id
        if vals.get("rule_id"):
            rules |= rules.browse(vals["rule_id"])
        rules._check_terms_unchanged({"step_ids"})
        result = super().write(vals)
        self._after_change(rules)
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_earned(self):
        self.rule_id._check_terms_unchanged({"step_ids"})

    def unlink(self):
        rules = self.rule_id
        result = super().unlink()
        self._after_change(rules)
        return result

    # === CONSTRAINT METHODS === #

    @api.constrains("amount", "points")
    def _check_step(self):
        for step in self:
            for sentence in step._get_refusals():
                raise ValidationError(sentence)

    # === BUSINESS METHODS === #

    def _get_refusals(self):
        """Yield why the step cannot be as it is, one sentence each."""
        self.ensure_one()
        if self.amount <= 0 or self.points < 1:
            yield self.env._(
                "Each step in the ladder of rule %(rule)s needs an amount above zero"
                " and at least 1 point.",
                rule=self.rule_id.name or "",
            )

    def _after_change(self, rules):
        """Check the ladders as a whole and have the rules compiled anew."""
        self.env.registry.clear_cache()
        if self.env.context.get("loyalty_b2b_rule") is not WITHIN_RULE:
            rules.exists()._check_rule()
