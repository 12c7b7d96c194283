from decimal import Decimal
from typing import NamedTuple

from odoo import api, fields, models, tools

from ..tools import tiers

GIVING_LEVELS = ("running", "paused", "closing")


class TierTerms(NamedTuple):
    """How a programme gives levels, as plain values; levels ascend by threshold."""

    measure: str
    period: str
    grace_days: int
    levels: tuple[tiers.Level, ...]


class LoyaltyB2bProgram(models.Model):
    """Levels of a programme: what they count, over which time."""

    _inherit = "loyalty.b2b.program"

    tier_ids = fields.One2many(
        comodel_name="loyalty.b2b.tier",
        inverse_name="program_id",
        string="Levels",
        copy=True,
    )
    tier_measure = fields.Selection(
        selection=[
            ("points", "Points earned"),
            ("turnover", "Turnover"),
            ("orders", "Number of orders"),
        ],
        string="Levels go by",
        required=True,
        default="turnover",
    )
    tier_period = fields.Selection(
        selection=[
            ("year", "Calendar year"),
            ("rolling", "Last 12 months"),
            ("membership", "Year of membership"),
        ],
        string="Counted over",
        required=True,
        default="year",
    )
    tier_grace_days = fields.Integer(
        string="Grace",
        default=60,
        help="Days after the end of a period for which a level is kept before it falls"
        " by one.",
    )

    tier_changed = fields.Boolean(
        copy=False,
        readonly=True,
        help="Levels were changed; the job lets customers rise to what they give.",
    )

    _tier_grace = models.Constraint(
        "CHECK (tier_grace_days BETWEEN 0 AND 366)",
        "A level is kept for 0 to 366 days after the end of a period.",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if not {"tier_measure", "tier_period"}.isdisjoint(vals):
            self._note_tiers_changed()
        return result

    # === BUSINESS METHODS === #

    def _note_tiers_changed(self):
        """Let customers rise within a minute to what changed levels give them."""
        programs = self.sudo().filtered(lambda p: p.state in GIVING_LEVELS)
        if programs:
            programs.tier_changed = True
            self.env["loyalty.b2b.wallet"].sudo()._trigger_settling()

    @api.model
    @tools.ormcache()
    def _get_tier_program_ids(self):
        """Return the programmes that give levels, without a query when warm."""
        levels = self.env["loyalty.b2b.tier"].sudo().search([])
        return tuple(levels.program_id.filtered(lambda p: p.state in GIVING_LEVELS).ids)

    @tools.ormcache("self.id")
    def _get_tier_terms(self):
        """Return how the programme gives levels, without a query when warm."""
        program = self.sudo()
        levels = self.env["loyalty.b2b.tier"].sudo()
        return TierTerms(
            measure=program.tier_measure,
            period=program.tier_period,
            grace_days=program.tier_grace_days,
            levels=tuple(
                tiers.Level(
                    id=level.id,
                    threshold=Decimal(f"{level.threshold:.2f}"),
                    is_lasting=level.is_lasting,
                )
                for level in levels.search(
                    [("program_id", "=", self.id)], order="threshold, id"
                )
            ),
        )

    def _query_tier_effect(self, thresholds):
        """Tell what other levels would do to the wallets; nothing is written.

        :param dict thresholds: level → from which measure on. Levels are ids, new ones
            any other word; those left out would be no more.
        :return: dict of level, and None for no level → dict of numbers of wallets:
            `now` hold it, by what they earned; `rising` would rise to it at once;
            `falling` hold it and would lose it at the next review, as neither the
            last full period nor the running one so far deserves it; `unchanged`
            hold it and keep it.
        """
        self.ensure_one()
        ordered = sorted(thresholds, key=lambda key: thresholds[key])
        levels = {level.id: level for level in self._get_tier_terms().levels}
        effect = {
            key: dict.fromkeys(("now", "rising", "falling", "unchanged"), 0)
            for key in (None, *levels, *ordered)
        }
        rows = (
            self.env["loyalty.b2b.wallet"]
            .sudo()
            ._query_tier_ranks(self, [Decimal(str(thresholds[key])) for key in ordered])
        )
        for held_id, deserved, kept, count in rows:
            held = ordered.index(held_id) + 1 if held_id in ordered else 0
            lasts = held and levels[held_id].is_lasting
            effect[held_id]["now"] += count
            if deserved > held:
                effect[ordered[deserved - 1]]["rising"] += count
            elif held_id and not lasts and kept < max(held, 1):
                effect[held_id]["falling"] += count
            elif deserved <= held:
                effect[held_id]["unchanged"] += count
        return effect
