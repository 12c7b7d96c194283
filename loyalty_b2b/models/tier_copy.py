from odoo import models

from .rule_tiers import COPYING


class LoyaltyB2bProgram(models.Model):
    """A copied programme has levels of its own, and its rules ask for these."""

    _inherit = "loyalty.b2b.program"

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        vals_list = super().copy_data(default)
        if "rule_ids" not in (default or {}):
            for vals in vals_list:
                for _command, _id, values in vals.get("rule_ids", ()):
                    # levels of the copy are not there yet
                    values.pop("tier_ids", None)
        return vals_list

    def copy(self, default=None):
        copying = self.with_context(loyalty_b2b_by_tier=COPYING)
        copies = super(LoyaltyB2bProgram, copying).copy(default).with_env(self.env)
        if not {"rule_ids", "tier_ids"} & set(default or {}):
            for program, copied in zip(self, copies, strict=True):
                program._copy_rule_tiers(copied)
        return copies

    # === BUSINESS METHODS === #

    def _copy_rule_tiers(self, copied):
        """Let the rules of a copy ask for its own levels, and belong to them.

        :param copied: `loyalty.b2b.program`, just copied from this one.
        """
        self.ensure_one()
        tiers = dict(
            zip(self.tier_ids.sorted("id"), copied.tier_ids.sorted("id"), strict=True)
        )
        rules = self.rule_ids.sorted("id")
        for rule, rule_copy in zip(rules, copied.rule_ids.sorted("id"), strict=True):
            if rule.tier_ids:
                # archived levels are not copied: what asks for them is for nobody
                found = [tiers[tier].id for tier in rule.tier_ids if tier in tiers]
                rule_copy.write(
                    {
                        "tier_ids": found,
                        "by_tier_id": rule.by_tier_id in tiers
                        and tiers[rule.by_tier_id].id,
                        "active": bool(found),
                    }
                )
