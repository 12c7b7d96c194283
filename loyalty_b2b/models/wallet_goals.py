from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from ..tools import periods


class LoyaltyB2bWallet(models.Model):
    """How far wallets are with the goals of their programme."""

    _inherit = "loyalty.b2b.wallet"

    goals = fields.Html(
        compute="_compute_goals",
        compute_sudo=True,
        sanitize=False,
        help="Goals of the programme in the current period, and how far they are.",
    )

    # === COMPUTE METHODS === #

    @api.depends_context("lang")
    def _compute_goals(self):
        for wallet in self:
            goals = wallet._origin and wallet._get_goals(with_sentence=True)
            wallet.goals = goals and self.env["ir.qweb"]._render(
                "loyalty_b2b.wallet_goals", {"goals": goals}
            )

    # === BUSINESS METHODS === #

    def _get_goals(self, with_sentence=False):
        """Return the goals of the current period with their progress, in one query.

        :param bool with_sentence: add how the rule reads, which takes more queries.
        :return: list of dicts: rule_id, name, sentence, progress and target (orders,
            months or money), percent (0–100), text, date_end (None: no end), points,
            reached.
        """
        self.ensure_one()
        rules = self._get_current_goals()
        if not rules:
            return []
        progress = self._query_progress(rules)
        names = self.program_id._get_rule_names()
        records = self.env["loyalty.b2b.rule"]
        return [
            {
                **self._prepare_goal(rule, progress[place], place[2]),
                "rule_id": rule.id,
                "name": names[rule.id],
                "sentence": records.browse(rule.id).sentence if with_sentence else "",
            }
            for place, rule in rules.items()
        ]

    def _get_current_goals(self):
        """Return the goals in force today, as `_query_progress` takes them."""
        program = self.program_id
        today = program._today()
        goals = {}
        for rule in program._get_rule_set().rules:
            begun = not rule.date_start or rule.date_start <= today
            is_meant = not rule.tiers or self.tier_id.id in rule.tiers
            if rule.trigger == "goal" and begun and is_meant:
                if not rule.date_end or today <= rule.date_end:
                    start = periods.period_start(today, rule.goal_period)
                    goals[self.id, rule.root, (rule.goal_period, start)] = rule
        return goals

    def _prepare_goal(self, rule, progress, period):
        """Return one goal with its progress in words.

        :param engine.Rule rule: the version in force.
        :param Decimal progress: in the goal's own measure.
        :param tuple period: name and first day.
        """
        date_end = periods.period_end(period[1], period[0])
        if rule.date_end and (not date_end or rule.date_end < date_end):
            date_end = rule.date_end
        reached = progress >= rule.goal_target
        values = {
            "progress": self._get_goal_text(rule, progress),
            "points": self.program_id._format_portal_points(rule.points),
            "day": format_date(self.env, date_end, date_format="d MMMM")
            if date_end
            else "",
        }
        if date_end and not reached:
            text = self.env._("%(progress)s until %(day)s: %(points)s", **values)
        else:
            text = self.env._("%(progress)s: %(points)s", **values)
        return {
            "progress": progress,
            "target": rule.goal_target,
            "percent": int(min(100, progress * 100 / rule.goal_target)),
            "text": text,
            "date_end": date_end,
            "points": rule.points,
            "reached": reached,
        }

    def _get_goal_text(self, rule, progress, period=None):
        """Return how far a goal is: “7 of 12 orders”.

        :param Decimal progress: in the goal's own measure.
        :param tuple period: name and first day; is added if given.
        """
        texts = {
            "orders": self.env._("%(progress)s of %(target)s orders"),
            "months": self.env._("%(progress)s of %(target)s months in a row"),
            "amount": self.env._("%(progress)s of %(target)s bought"),
        }
        if self.program_id._get_terms().activation == "payment":
            texts["orders"] = self.env._("%(progress)s of %(target)s paid orders")
            texts["amount"] = self.env._("%(progress)s of %(target)s bought and paid")
        text = texts[rule.goal_measure] % {
            # more than asked for is not of interest
            "progress": self._format_goal(rule, min(progress, rule.goal_target)),
            "target": self._format_goal(rule, rule.goal_target),
        }
        return f"{text}{self._get_period_text(*period)}" if period else text

    def _format_goal(self, rule, value):
        """Return a number of orders or months, or an amount."""
        if rule.goal_measure == "amount":
            return self.program_id.currency_id.format(float(value))
        digits = 0 if value == int(value) else 2
        return formatLang(self.env, float(value), digits=digits)

    def _get_period_text(self, period, start):
        date_end = periods.period_end(start, period)
        if not date_end:
            return ""
        return self.env._(
            ", %(date_start)s to %(date_end)s",
            date_start=format_date(self.env, start),
            date_end=format_date(self.env, date_end),
        )
