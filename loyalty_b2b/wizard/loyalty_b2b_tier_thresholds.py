from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from ..models.program_tier_screens import BY_DIALOG, TierTrial


class LoyaltyB2bTierThresholds(models.TransientModel):
    """Asks what levels shall take from now on, and says first what that would do."""

    _name = "loyalty.b2b.tier.thresholds"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Change Thresholds of Levels"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    tier_measure = fields.Selection(
        selection=lambda self: self._get_selection("tier_measure"),
        string="Levels go by",
        compute="_compute_terms",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    tier_period = fields.Selection(
        selection=lambda self: self._get_selection("tier_period"),
        string="Counted over",
        compute="_compute_terms",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    line_ids = fields.One2many(
        comodel_name="loyalty.b2b.tier.thresholds.line",
        inverse_name="thresholds_id",
        string="Levels",
        compute="_compute_line_ids",
        store=True,
        readonly=False,
    )
    effect_text = fields.Text(string="What happens", compute="_compute_effect_text")

    # === COMPUTE METHODS === #

    @api.model
    def _get_selection(self, name):
        field = self.env["loyalty.b2b.program"]._fields[name]
        return field._description_selection(self.env)

    @api.depends("program_id")
    def _compute_terms(self):
        for wizard in self:
            wizard.tier_measure = wizard.program_id.tier_measure
            wizard.tier_period = wizard.program_id.tier_period

    @api.depends("program_id")
    def _compute_line_ids(self):
        for wizard in self:
            wizard.line_ids = [
                Command.clear(),
                *(
                    Command.create({"tier_id": tier.id, "threshold": tier.threshold})
                    for tier in wizard.program_id._get_tiers()
                ),
            ]

    @api.depends("line_ids.rising", "line_ids.falling")
    @api.depends_context("lang")
    def _compute_effect_text(self):
        for wizard in self:
            rising = sum(wizard.line_ids.mapped("rising"))
            falling = sum(wizard.line_ids.mapped("falling"))
            wizard.effect_text = "\n".join(
                (
                    wizard._get_rising_text(rising),
                    wizard._get_falling_text(falling),
                )
            )

    # === ACTION METHODS === #

    def action_apply(self):
        """Change the levels.

        :raises UserError: where levels would not follow each other.
        """
        self.ensure_one()
        program = self.program_id.with_context(loyalty_b2b_thresholds=BY_DIALOG)
        program.check_access("write")
        self._check_order()
        changes = self._get_changes()
        program.write(
            {"tier_measure": self.tier_measure, "tier_period": self.tier_period}
        )
        self.line_ids._apply(program)
        if changes:
            program.message_post(body=self.env._("Levels: %(list)s", list=changes))
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _get_effect(self):
        """Return what the new terms would do, by line: now, rising, falling."""
        self.ensure_one()
        trial = TierTrial(self.tier_measure, self.tier_period)
        program = self.program_id.with_context(loyalty_b2b_tier_trial=trial)
        keys = {
            line: line.tier_id.id or f"new {number}"
            for number, line in enumerate(self.line_ids)
        }
        effect = program._query_tier_effect(
            {key: line.threshold for line, key in keys.items()}
        )
        return {line: effect[key] for line, key in keys.items()}

    def _check_order(self):
        """Refuse levels that do not follow each other as they do now."""
        lines = self.line_ids.sorted("threshold")
        for line in lines:
            if line.threshold < 0:
                raise UserError(
                    self.env._("Level %(level)s cannot begin below 0.", level=line.name)
                )
        for below, above in zip(lines, lines[1:], strict=False):
            if below.threshold == above.threshold:
                raise UserError(
                    self.env._(
                        "Levels %(below)s and %(above)s cannot begin at the same"
                        " threshold.",
                        below=below.name,
                        above=above.name,
                    )
                )
        known = lines.tier_id
        if known.ids != known.sorted("threshold").ids:
            raise UserError(
                self.env._(
                    "The levels have to follow each other as they do now: %(levels)s.",
                    levels=", ".join(known.sorted("threshold").mapped("name")),
                )
            )

    def _get_changes(self):
        """Return in words what is about to change, '' for nothing."""
        program, texts = self.program_id, []
        for name in ("tier_measure", "tier_period"):
            if self[name] != program[name]:
                labels = dict(self._get_selection(name))
                texts.append(f"{labels[program[name]]} → {labels[self[name]]}")
        for line in self.line_ids:
            before = "–"
            if line.tier_id:
                before = self._format(program.tier_measure, line.tier_id.threshold)
            after = self._format(self.tier_measure, line.threshold)
            if before != after:
                texts.append(f"{line.name} {before} → {after}")
        return ", ".join(texts)

    def _format(self, measure, value):
        return self.program_id._format_tier_measure(measure, value)

    def _get_rising_text(self, count):
        if not count:
            return self.env._("Nobody rises at once.")
        if count == 1:
            return self.env._("1 customer rises at once.")
        return self.env._("%(count)s customers rise at once.", count=count)

    def _get_falling_text(self, count):
        if not count:
            return self.env._("Nobody would fall at the next review.")
        if count == 1:
            return self.env._("1 customer would fall at the next review, by one level.")
        return self.env._(
            "%(count)s customers would fall at the next review, by one level.",
            count=count,
        )
