from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import float_compare

from .rule_tiers import BY_TIER, COPYING

DIGITS = 2


class LoyaltyB2bTier(models.Model):
    """A level that multiplies points does so by a rule of its own.

    So what it gave is versioned, frozen, explained and previewed like all else.
    """

    _inherit = "loyalty.b2b.tier"

    rule_ids = fields.One2many(
        comodel_name="loyalty.b2b.rule",
        inverse_name="by_tier_id",
        string="Rules of the level",
        context={"active_test": False},
        copy=False,
    )
    rule_id = fields.Many2one(
        comodel_name="loyalty.b2b.rule",
        compute="_compute_rule_id",
        help="The newest version of the rule that multiplies points.",
    )

    # === COMPUTE METHODS === #

    @api.depends("rule_ids.version")
    def _compute_rule_id(self):
        for tier in self:
            tier.rule_id = tier.rule_ids.sorted("version")[-1:]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        tiers = super().create(vals_list)
        if self.env.context.get("loyalty_b2b_by_tier") is not COPYING:
            tiers._update_rule()
        return tiers

    def write(self, vals):
        if "active" in vals and not vals["active"]:
            self._check_unnamed()
        result = super().write(vals)
        if not {"name", "factor", "active"}.isdisjoint(vals):
            self._update_rule()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_named(self):
        self._check_unnamed()
        earned = self.rule_ids._filter_earned().by_tier_id
        if earned:
            raise UserError(
                self.env._(
                    "Level %(level)s has multiplied points and explains them. Archive"
                    " it instead.",
                    level=earned[0].name,
                )
            )

    # === BUSINESS METHODS === #

    def _check_unnamed(self):
        """Refuse to take away levels that rules ask for today or later.

        :raises UserError: naming the rule.
        """
        rules = self.env["loyalty.b2b.rule"].search([("tier_ids", "in", self.ids)])
        for rule in rules.filtered(lambda rule: not rule.by_tier_id):
            if not rule.date_end or rule.date_end >= rule.program_id._today():
                raise UserError(
                    self.env._(
                        "Rule %(rule)s is for level %(level)s. Archive the rule first,"
                        " or let it ask for other levels.",
                        rule=rule.name,
                        level=(rule.tier_ids & self)[0].name,
                    )
                )

    def _update_rule(self):
        """Let the rule of each level say what the level says.

        What has given points stays as it is: a version holds from today on, or from
        the day after the last one began.
        """
        for tier in self.sudo():
            tier = tier.with_context(loyalty_b2b_by_tier=BY_TIER)
            rule = tier.rule_id
            if tier.active and tier.factor > 1:
                tier._update_rule_factor(rule)
                tier._name_rules()
            elif rule.active:
                rule.active = False

    def _update_rule_factor(self, rule):
        """Make or change the rule, or its next version.

        :param rule: the newest version, maybe archived, or none.
        """
        if not rule:
            rule = rule.create(self._prepare_rule())
        elif float_compare(rule.factor, self.factor, DIGITS) and rule._filter_earned():
            day = self.program_id._today()
            if rule.date_start and rule.date_start >= day:
                day = rule.date_start + timedelta(days=1)
            rule._create_version(
                day, factor=self.factor, active=True, by_tier_id=self.id
            )
        elif not rule.active or float_compare(rule.factor, self.factor, DIGITS):
            rule.write({"factor": self.factor, "active": True})

    def _prepare_rule(self):
        """Return the rule that multiplies the points of the level.

        The first of all, so that a rule which stops the others does not stop it.
        """
        program = self.program_id
        is_known = program.state not in ("draft", "announced")
        return {
            "name": self.name,
            "program_id": program.id,
            "sequence": 0,
            "effect": "multiplier",
            "factor": self.factor,
            "tier_ids": self.ids,
            "by_tier_id": self.id,
            "date_start": is_known and program._today(),
        }

    def _name_rules(self):
        """Call the level's rules by its name, in every language."""
        for code, _name in self.env["res.lang"].get_installed():
            tier = self.with_context(lang=code)
            name = tier.env._("Level %(level)s", level=tier.name)
            rules = tier.rule_ids.filtered(lambda rule, name=name: rule.name != name)
            rules.name = name
