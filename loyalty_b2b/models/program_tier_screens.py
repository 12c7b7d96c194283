from typing import NamedTuple

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import format_list


class TierTrial(NamedTuple):
    """Terms of levels that are not in force: no remote call can carry them."""

    measure: str
    period: str


# In the context of the dialog that changes thresholds; no remote call can carry it.
BY_DIALOG = object()
TERMS = ("tier_measure", "tier_period")


class LoyaltyB2bProgram(models.Model):
    """What the back office shows of levels, and where they are changed."""

    _inherit = "loyalty.b2b.program"

    caption_tiers = fields.Char(compute="_compute_caption_tiers")
    tier_in_use = fields.Boolean(
        string="Levels in use",
        compute="_compute_tier_in_use",
        compute_sudo=True,
        help="Customers are on levels: what it takes is changed by a dialog that says"
        " first what that would do.",
    )

    # === COMPUTE METHODS === #

    @api.depends("tier_ids.name", "tier_ids.threshold", "tier_ids.active")
    @api.depends_context("lang")
    def _compute_caption_tiers(self):
        for program in self:
            names = program.tier_ids.sorted("threshold").mapped("name")
            names = [name for name in names if name]
            program.caption_tiers = (
                format_list(self.env, names, "unit-short")
                if names
                else self.env._("none")
            )

    def _compute_tier_in_use(self):
        held = self.env["loyalty.b2b.wallet"]._read_group(
            [
                ("program_id", "in", self.ids),
                "|",
                ("tier_id", "!=", False),
                ("tier_earned_id", "!=", False),
            ],
            ["program_id"],
        )
        in_use = {program.id for (program,) in held}
        for program in self:
            program.tier_in_use = program._origin.id in in_use

    # === CRUD METHODS === #

    def write(self, vals):
        changed = [name for name in TERMS if name in vals]
        self.filtered(
            lambda program: any(program[name] != vals[name] for name in changed)
        )._check_tiers_open()
        return super().write(vals)

    # === ACTION METHODS === #

    def action_change_thresholds(self):
        """Ask for new thresholds, and say first what they would do."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Change thresholds"),
            "res_model": "loyalty.b2b.tier.thresholds",
            "view_mode": "form",
            "target": "new",
            "context": {"default_program_id": self.id, "dialog_size": "large"},
        }

    # === BUSINESS METHODS === #

    def _get_tiers(self):
        """Return the levels from the lowest to the highest."""
        self.ensure_one()
        return self.tier_ids.sorted("threshold")

    def _check_tiers_open(self):
        """Refuse to change what levels take, once customers are on them.

        :raises UserError: pointing to the dialog.
        """
        if self.env.context.get("loyalty_b2b_thresholds") is BY_DIALOG:
            return
        for program in self.filtered("tier_in_use"):
            raise UserError(
                self.env._(
                    "Customers of programme %(program)s are on its levels. Use “Change"
                    " thresholds”, which says first who would rise or fall.",
                    program=program.name,
                )
            )

    def _get_tier_terms(self):
        """Return the terms of levels, or those that are being tried."""
        terms = super()._get_tier_terms()
        trial = self.env.context.get("loyalty_b2b_tier_trial")
        if isinstance(trial, TierTrial):
            return terms._replace(measure=trial.measure, period=trial.period)
        return terms
