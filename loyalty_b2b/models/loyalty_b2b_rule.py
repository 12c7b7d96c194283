from odoo import api, fields, models, tools
from odoo.exceptions import UserError
from odoo.tools import SQL

from ..tools import engine


class LoyaltyB2bRule(models.Model):
    """Which purchases or acts earn, and how much; each row is one version."""

    _name = "loyalty.b2b.rule"
    _description = "B2B Loyalty Earning Rule"
    _order = "program_id, sequence, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        required=True,
        index=True,
        ondelete="cascade",
        default=lambda self: self._default_program_id(),
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="program_id.currency_id")
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    version = fields.Integer(default=1, readonly=True, copy=False)
    root_id = fields.Many2one(
        comodel_name="loyalty.b2b.rule",
        string="First version",
        readonly=True,
        copy=False,
        index="btree_not_null",
    )
    is_frozen = fields.Boolean(
        compute="_compute_is_frozen",
        help="The rule has given points: its terms are changed by a new version only.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_program_id(self):
        """Return the company's programme if it has just one."""
        programs = self.env["loyalty.b2b.program"].search(
            [("company_id", "=", self.env.company.id)], limit=2
        )
        return programs if len(programs) == 1 else programs.browse()

    # === COMPUTE METHODS === #

    def _compute_is_frozen(self):
        earned = self._filter_earned()
        for rule in self:
            rule.is_frozen = rule._origin in earned

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rules = super().create(vals_list)
        self.env.registry.clear_cache()
        return rules

    def write(self, vals):
        self._check_terms_unchanged(vals)
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_earned(self):
        earned = self._filter_earned()
        if earned:
            raise UserError(
                self.env._(
                    "Rule %(rule)s has given points and explains them. Archive it"
                    " instead.",
                    rule=earned[0].name,
                )
            )

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _get_term_names(self):
        """Return the fields that decide how much a rule gives.

        They are frozen once the rule has earned; whoever adds such a field, adds it.
        """
        return {"program_id"}

    def _check_terms_unchanged(self, names):
        """Refuse changed terms of rules that have earned.

        :param names: fields about to be written.
        :raises UserError: pointing to the new version.
        """
        if self._get_term_names().isdisjoint(names):
            return
        earned = self._filter_earned()
        if earned:
            raise UserError(
                self.env._(
                    "Rule %(rule)s has already given points. Use “New version” and say"
                    " from when the new terms hold.",
                    rule=earned[0].name,
                )
            )

    # === ACTION METHODS === #

    def action_new_version(self):
        """Open the question "from when?" for a rule that has given points."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New version of %(rule)s", rule=self.name),
            "res_model": "loyalty.b2b.rule.version",
            "view_mode": "form",
            "target": "new",
            "context": {"default_rule_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _filter_earned(self):
        """Return the rules of `self` that stand in an explanation."""
        self.env["loyalty.b2b.entry.line"].flush_model(["rule_id"])
        found = self.env.execute_query(
            SQL(
                "SELECT r.id FROM loyalty_b2b_rule r WHERE r.id = ANY(%s) AND EXISTS ("
                "SELECT FROM loyalty_b2b_entry_line l WHERE l.rule_id = r.id)",
                self._origin.ids,
            )
        )
        return self.browse([rule_id for (rule_id,) in found])

    def _get_versions(self):
        """Return all versions of the rules, archived ones too."""
        roots = [(rule.root_id or rule)._origin.id for rule in self]
        return self.with_context(active_test=False).search(
            ["|", ("id", "in", roots), ("root_id", "in", roots)]
        )

    def _create_version(self, date_start, **terms):
        """End this version and begin the next, which is as this one but for `terms`.

        :param date date_start: first day of the new version.
        :param terms: what changes.
        :return: the new version.
        :raises UserError: if the version began on that day or later, or if a newer one
            holds on it.
        """
        self.ensure_one()
        self._check_version_start(date_start)
        is_over = self.date_end and self.date_end < date_start
        version = self.copy(
            {
                "name": self.name,
                "date_start": date_start,
                "date_end": False if is_over else self.date_end,
                "version": max(self._get_versions().mapped("version")) + 1,
                "root_id": (self.root_id or self).id,
                **terms,
            }
        )
        if not is_over:
            self.date_end = fields.Date.subtract(date_start, days=1)
        return version

    def _check_version_start(self, date_start):
        if self.date_start and self.date_start >= date_start:
            raise UserError(
                self.env._(
                    "Rule %(rule)s itself begins on %(date)s. Choose a later day for"
                    " the new version.",
                    rule=self.name,
                    date=tools.format_date(self.env, self.date_start),
                )
            )
        newer = self._get_versions().filtered(
            lambda rule: (
                rule.version > self.version
                and rule.date_start
                and rule.date_start <= date_start
            )
        )
        if newer:
            raise UserError(
                self.env._(
                    "Rule %(rule)s has a newer version from %(date)s. Make the new"
                    " version from that one, or choose an earlier day.",
                    rule=self.name,
                    date=tools.format_date(self.env, newer[-1].date_start),
                )
            )

    def _prepare_engine_rule(self):
        """Return the rule as plain values for the engine."""
        self.ensure_one()
        return engine.Rule(**self._prepare_engine_values())

    def _prepare_engine_values(self):
        """Return the attributes of the engine's rule; each concern adds its own."""
        return {
            "id": self.id,
            "root": (self.root_id or self).id,
            "version": self.version,
            "sequence": self.sequence,
        }
