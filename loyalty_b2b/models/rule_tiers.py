from odoo import api, fields, models
from odoo.exceptions import UserError

# In the context of a level that writes its own rule; no remote call can carry it.
BY_TIER = object()
# In the context of a programme that is copied with its levels and their rules.
COPYING = object()


class LoyaltyB2bRule(models.Model):
    """Levels as a condition of rules, and rules that belong to a level."""

    _inherit = "loyalty.b2b.rule"

    tier_ids = fields.Many2many(
        comodel_name="loyalty.b2b.tier",
        relation="loyalty_b2b_rule_tier_rel",
        string="Levels",
        domain="[('program_id', '=', program_id)]",
        # an archived level that is left out would make the rule one for everybody
        context={"active_test": False},
        help="Customers on one of these levels; without any, on every level or none.",
    )
    by_tier_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="By level",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="cascade",
        help="The level that multiplies points by this rule; it is changed there.",
    )

    # === COMPUTE METHODS === #

    def _compute_is_frozen(self):
        super()._compute_is_frozen()
        # shown like the terms of a rule that has earned
        for rule in self.filtered("by_tier_id"):
            rule.is_frozen = True

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_not_by_tier(self._get_checked_names() | {"name", "active"}, vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_by_tier(self):
        self._check_not_by_tier({"active"}, {"active"})

    def _check_not_by_tier(self, names, vals):
        """Refuse changes of rules that a level makes, but by the level.

        :param names: fields that belong to the level.
        :param vals: fields about to be written.
        :raises UserError: naming the level.
        """
        owned = self.filtered("by_tier_id")
        by_tier = self.env.context.get("loyalty_b2b_by_tier") is BY_TIER
        if owned and not by_tier and not names.isdisjoint(vals):
            raise UserError(
                self.env._(
                    "Rule %(rule)s belongs to level %(level)s. Change the points of the"
                    " level instead.",
                    rule=owned[0].name,
                    level=owned[0].by_tier_id.name,
                )
            )

    def action_new_version(self):
        self._check_not_by_tier({"active"}, {"active"})
        return super().action_new_version()

    # === BUSINESS METHODS === #

    @api.model
    def _get_term_names(self):
        return super()._get_term_names() | {"tier_ids"}

    def _prepare_engine_who(self):
        return {
            **super()._prepare_engine_who(),
            "tiers": frozenset(self.tier_ids.ids),
        }

    def _get_customer_parts(self):
        return [*super()._get_customer_parts(), *self._get_tier_parts()]

    def _get_tier_parts(self):
        """Return the clause on the customer's level."""
        if not self.tier_ids:
            return []
        tiers = self.tier_ids.sorted("threshold")
        names = self._format_names(tiers.mapped("name"), "or")
        if len(self.tier_ids) == 1:
            return [self.env._("for level %(names)s", names=names)]
        return [self.env._("for levels %(names)s", names=names)]

    def _get_filter_refusals(self):
        yield from super()._get_filter_refusals()
        for tier in self.tier_ids._origin:
            if self.program_id and tier.program_id != self.program_id._origin:
                yield self.env._(
                    "Rule %(rule)s asks for level %(level)s of programme %(program)s."
                    " Choose levels of its own programme.",
                    rule=self.name,
                    level=tier.name,
                    program=tier.program_id.name,
                )
            elif self.active and not tier.active and not self.by_tier_id:
                yield self.env._(
                    "Rule %(rule)s asks for level %(level)s, which is archived. Choose"
                    " another level, or archive the rule.",
                    rule=self.name,
                    level=tier.name,
                )
