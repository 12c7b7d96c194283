from odoo import models


class LoyaltyB2bProgram(models.Model):
    """What enrolment would do, said before it does it."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _get_enrol_plan(self, partners):
        """Say what `_enrol` would do with contacts; writes nothing.

        :param partners: any contacts.
        :return: list of (owner, outcome, text), outcome being `new`, `join` (shares the
            wallet of another company), `same` (takes part already) or `refused`.
        """
        self.ensure_one()
        plan = {}
        known = {}
        for owner in partners._get_loyalty_b2b_owner().sorted("id"):
            self._plan_one(owner, plan, known)
        asked = partners._get_loyalty_b2b_owner()
        return [
            (owner, outcome, self._get_plan_text(text, owner, asked))
            for owner, (outcome, text) in plan.items()
            if owner in asked or outcome == "new"
        ]

    def _plan_one(self, owner, plan, known):
        """Add a company, and the one above it if that opens the wallet, to the plan.

        :param dict plan: owner → (outcome, text), in the order of enrolment.
        :param dict known: tax id → company of the plan that has it.
        """
        if owner in plan:
            return
        refusal = self._get_enrol_refusal(owner)
        participant = self._find_participant(owner)
        if refusal:
            plan[owner] = ("refused", refusal)
        elif participant:
            plan[owner] = ("same", self._get_same_text(participant))
        else:
            outcome = self._plan_new(owner, plan, known)
            tax_id = owner._get_loyalty_b2b_tax_id()
            if tax_id:
                known.setdefault(tax_id, owner)
            plan[owner] = outcome

    def _plan_new(self, owner, plan, known):
        tax_id = owner._get_loyalty_b2b_tax_id()
        if not tax_id and owner.parent_id:
            parent = owner.parent_id._get_loyalty_b2b_owner()
            if not self._get_enrol_refusal(parent):
                self._plan_one(parent, plan, known)
                return "join", self.env._("Branch of %(name)s", name=parent.name)
        if tax_id:
            same = self._find_same_tax_id(tax_id) or known.get(tax_id)
            if same:
                return "join", self.env._("Same tax id as %(name)s", name=same.name)
        return "new", ""

    def _find_same_tax_id(self, tax_id):
        """Return a company that takes part under the tax id, or nothing."""
        return (
            self.env["loyalty.b2b.participant"]
            .sudo()
            .search([("program_id", "=", self.id), ("tax_id", "=", tax_id)], limit=1)
            .partner_id
        )

    def _get_same_text(self, participant):
        wallet = participant.wallet_id
        if wallet.partner_id == participant.partner_id:
            return self.env._("Has a wallet of its own")
        return self.env._("In the wallet of %(name)s", name=wallet.partner_id.name)

    def _get_plan_text(self, text, owner, asked):
        if owner in asked:
            return text
        return text or self.env._("Opens the wallet that its branch shares")
