from decimal import Decimal

from odoo import api, fields, models

from ..fields import Points

PER_AMOUNT = ("proportional", "step")
WITHOUT_POINTS = ("ladder", "multiplier")


class LoyaltyB2bRule(models.Model):
    """How much a rule gives."""

    _inherit = "loyalty.b2b.rule"

    effect = fields.Selection(
        selection=[
            ("proportional", "Points per amount"),
            ("step", "Points per full amount"),
            ("unit", "Points per unit"),
            ("order", "Points per order"),
            ("ladder", "Ladder of amounts"),
            ("multiplier", "Multiplier"),
            ("bonus", "Fixed bonus, once per customer"),
        ],
        string="Gives",
        required=True,
        default="proportional",
        help="Points per full amount and ladders look at the whole order, however it is"
        " invoiced. A multiplier raises what the other rules give.",
    )
    points = Points(
        required=True, default=1, help="Whole points given each time, at least 1."
    )
    amount = fields.Monetary(
        string="Per",
        required=True,
        default=1.0,
        help="Untaxed amount in the programme's currency, above 0.",
    )
    units = fields.Float(
        string="Per units",
        required=True,
        default=1.0,
        digits="Product Unit",
        help="Number of units of the product, in its own unit of measure, above 0.",
    )
    factor = fields.Float(
        string="Times",
        required=True,
        default=2.0,
        digits=(8, 2),
        help="2 doubles what the other rules give for the same lines. Above 1.",
    )
    step_ids = fields.One2many(
        comodel_name="loyalty.b2b.rule.step",
        inverse_name="rule_id",
        string="Steps",
        copy=True,
    )
    ladder = fields.Selection(
        selection=[
            ("each", "Points of every step reached"),
            ("highest", "Points of the highest step reached"),
        ],
        string="Counts",
        required=True,
        default="each",
    )

    _amounts = models.Constraint(
        "CHECK ((points > 0 OR effect IN ('ladder', 'multiplier'))"
        " AND (amount > 0 OR effect NOT IN ('proportional', 'step'))"
        " AND (units > 0 OR effect <> 'unit')"
        " AND (factor > 1 OR effect <> 'multiplier'))",
        "A rule gives at least 1 point, for an amount or number above zero; a"
        " multiplier is above 1.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _get_term_names(self):
        return super()._get_term_names() | {
            "effect",
            "points",
            "amount",
            "units",
            "factor",
            "step_ids",
            "ladder",
        }

    def _prepare_engine_values(self):
        return {
            **super()._prepare_engine_values(),
            "effect": self.effect,
            "points": 0 if self.effect in WITHOUT_POINTS else int(self.points),
            "per": self._get_engine_per(),
            "factor": exact(self.factor) if self.effect == "multiplier" else Decimal(1),
            "steps": self._get_engine_steps(),
            "highest_only": self.effect == "ladder" and self.ladder == "highest",
        }

    def _get_engine_per(self):
        """Return the amount or number of units that gives the points, exactly."""
        if self.effect in PER_AMOUNT:
            return exact(self.amount)
        return exact(self.units) if self.effect == "unit" else Decimal(1)

    def _get_engine_steps(self):
        if self.effect != "ladder":
            return ()
        return tuple(
            (exact(step.amount), int(step.points))
            for step in self.step_ids.sorted("amount")
        )


def exact(value):
    """Return a float as the decimal that a person reads."""
    return Decimal(str(value))
