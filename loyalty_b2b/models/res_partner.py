import re

from odoo import fields, models


class ResPartner(models.Model):
    """A customer, and the answer to *whose wallet?*"""

    _inherit = "res.partner"

    loyalty_b2b_participant_ids = fields.One2many(
        comodel_name="loyalty.b2b.participant", inverse_name="partner_id"
    )

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_owner(self):
        """Return the company in whose name this contact collects and uses points.

        The only place that knows: nothing else looks at `commercial_partner_id`.
        """
        return self.commercial_partner_id

    def _get_loyalty_b2b_wallet(self, company, program=None):
        """Return the wallet that documents of this contact concern today.

        :param company: `res.company` that sells.
        :param program: `loyalty.b2b.program`; the first one of the company by default.
        :return: a wallet in sudo, empty where the owner does not take part.
        """
        return self._get_loyalty_b2b_wallets(company, program)[:1]

    def _get_loyalty_b2b_wallets(self, company, program=None):
        """Return the wallets of this contact, one per programme, in sudo."""
        owner = self._get_loyalty_b2b_owner()
        domain = [("partner_id", "in", owner.ids), ("company_id", "=", company.id)]
        if program:
            domain.append(("program_id", "=", program.id))
        participants = self.env["loyalty.b2b.participant"].sudo().search(domain)
        today = fields.Date.context_today(self)
        participants = participants.filtered(
            lambda p: p.date_start <= today and (not p.date_end or p.date_end >= today)
        )
        return participants.wallet_id.sorted(
            lambda wallet: (wallet.program_id.sequence, wallet.id)
        )

    def _get_loyalty_b2b_tax_id(self):
        """Return the tax id as *country:number*, or '' where there is none.

        “PL 526-000-12-46”, “5260001246” and “pl5260001246” are one tax id.
        """
        self.ensure_one()
        vat = re.sub(r"[^0-9A-Z]", "", (self.vat or "").upper())
        prefix, number = re.fullmatch(r"([A-Z]{2})?(.*)", vat).groups()
        # a lone "/" is Odoo's way to say "none"
        if len(number) < 3:
            return ""
        country = prefix or self.country_id.code or self.env.company.country_code
        return f"{country or ''}:{number}"
