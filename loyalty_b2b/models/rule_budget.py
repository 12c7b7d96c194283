from odoo import fields, models
from odoo.tools import formatLang, plaintext2html

# Share of a budget from which on people are warned.
WARNING = 0.8


class LoyaltyB2bRule(models.Model):
    """The budget of a rule: it warns, and ends the rule the day after."""

    _inherit = "loyalty.b2b.rule"

    budget_warned = fields.Boolean(
        readonly=True, copy=False, help="People have been told that it runs out."
    )

    # === BUSINESS METHODS === #

    def _check_budgets(self, today):
        """Warn of budgets that run out, and end rules whose budget is used up.

        The rule earns to the end of the day on which this is noticed. All versions of
        a rule share a budget.

        :param date today: in the programme's time zone.
        """
        for rule in self:
            used, budget = rule.budget_used, int(rule.budget_points)
            if used >= budget:
                rule._end_for_budget(today)
            elif used >= WARNING * budget and not rule.budget_warned:
                rule.budget_warned = True
                rule._tell_of_budget(
                    self.env._(
                        "Rule %(rule)s has given %(used)s of %(budget)s points",
                        **rule._get_budget_values(),
                    ),
                    self.env._("It ends the day after its budget is used up."),
                )
            elif used < WARNING * budget:
                rule.budget_warned = False

    def _end_for_budget(self, today):
        self.ensure_one()
        self.date_end = today
        self._tell_of_budget(
            self.env._(
                "Rule %(rule)s has used up its budget of %(budget)s points",
                **self._get_budget_values(),
            ),
            self.env._(
                "Today is its last day. To go on, raise the budget and move the last"
                " day."
            ),
        )

    def _get_budget_values(self):
        return {
            "rule": self.name,
            "used": formatLang(self.env, self.budget_used, digits=0),
            "budget": formatLang(self.env, self.budget_points, digits=0),
        }

    def _tell_of_budget(self, summary, note):
        program = self.program_id
        user = program.create_uid
        program.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=plaintext2html(note),
            user_id=(user if user.active and not user.share else self.env.user).id,
        )


class LoyaltyB2bProgram(models.Model):
    _inherit = "loyalty.b2b.program"

    # === JOBS === #

    def _get_daily_steps(self):
        return [*super()._get_daily_steps(), self._daily_budgets]

    def _daily_budgets(self):
        """Look at the budgets of rules that have not ended yet."""
        today = self._today()
        rules = self.rule_ids.filtered(
            lambda rule: (
                rule.budget_points and (not rule.date_end or rule.date_end > today)
            )
        )
        rules._check_budgets(today)
        return True
