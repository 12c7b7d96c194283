from odoo import Command

from .template import Template


class PartnerProgram(Template):
    """Partners whom one chooses earn more with their level and for focus products."""

    auto_enrol = False

    def name(self):
        return self.env._("Partner programme")

    def prepare_rules(self):
        focus = self.wizard.focus_category_ids
        rules = [
            {
                "name": self.env._("Every purchase")
                if self.wizard.scope == "all"
                else self.env._("Chosen products"),
                "sequence": 10,
                "points": 1,
                "amount": self.unit,
                **self.prepare_what(),
            }
        ]
        if focus:
            rules.append(
                {
                    "name": self.env._("Double points"),
                    "sequence": 20,
                    "effect": "multiplier",
                    "factor": 2.0,
                    "category_ids": [Command.set(focus.ids)],
                }
            )
        return rules

    def prepare_program(self):
        return {
            **super().prepare_program(),
            "tier_measure": "turnover",
            "tier_period": "year",
        }

    def prepare_tiers(self):
        levels = [
            (self.env._("Silver"), 0, 1.0, "#8D99A6"),
            (self.env._("Gold"), 50_000, 1.25, "#C9A227"),
            (self.env._("Platinum"), 200_000, 1.5, "#4B5D73"),
        ]
        return [
            {
                "name": name,
                "threshold": threshold * self.unit,
                "factor": factor,
                "color": color,
            }
            for name, threshold, factor, color in levels
        ]
