from odoo import api, models, tools

NOT_BOOKING = ("draft", "announced", "closed")


class LoyaltyB2bProgram(models.Model):
    """Rules that count later than a purchase: first order, paid on time, goals."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache()
    def _get_deferred_program_ids(self):
        """Return the programmes that have such rules, archived ones too."""
        rules = self.env["loyalty.b2b.rule"].sudo().with_context(active_test=False)
        programs = rules.search([("trigger", "!=", "purchase")]).program_id
        return tuple(programs.filtered(lambda p: p.state not in NOT_BOOKING).ids)

    def _get_deferred_rules(self, *triggers):
        """Return the rules with these triggers, by their root: all versions.

        :return: dict of root → list of `engine.Rule`, ascending by version.
        """
        rules = {}
        for rule in self._get_rule_set().deferred:
            if rule.trigger in triggers:
                rules.setdefault(rule.root, []).append(rule)
        for versions in rules.values():
            versions.sort(key=lambda rule: rule.version)
        return rules

    @tools.ormcache("self.id", "self.env.lang")
    def _get_rule_names(self):
        """Return rule id → name in the reader's language, without a query when warm."""
        return {rule.id: rule.name for rule in self.sudo().rule_ids}

    @api.model
    def _is_payment_awaited(self, company_id):
        return super()._is_payment_awaited(company_id) or any(
            self.browse(program_id)._get_deferred_rules("on_time")
            for program_id in self._get_active_program_ids(company_id)
        )
