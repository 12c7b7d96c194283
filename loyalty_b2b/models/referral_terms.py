from odoo import models


class LoyaltyB2bReferral(models.Model):
    """A recommended company accepts the terms as well when it joins."""

    _inherit = "loyalty.b2b.referral"

    def _join(self, partner, person=None, reason="", terms=None):
        code = super()._join(partner, person=person, reason=reason, terms=terms)
        if not code:
            program = self.program_id
            owner = partner.sudo()._get_loyalty_b2b_owner()
            wallet = owner._get_loyalty_b2b_wallet(program.company_id, program)
            wallet._note_accepted(person, reason, terms)
        return code
