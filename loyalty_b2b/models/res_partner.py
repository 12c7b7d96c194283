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
        owner = self._get_loyalty_b2b_owner().sudo()
        today = fields.Date.context_today(self)
        participants = owner._find_loyalty_b2b_participants(company).filtered(
            lambda row: (
                row.date_start <= today and (not program or row.program_id == program)
            )
        )
        return participants.wallet_id

    def _find_loyalty_b2b_participants(self, company):
        """Return in which programmes owners take part, as far as the caller may see.

        In the order in which documents go by them; ended ones are left out, those
        that begin later are not.
        """
        participants = self.env["loyalty.b2b.participant"].search_fetch(
            [("partner_id", "in", self.ids), ("company_id", "=", company.id)],
            ["partner_id", "program_id", "wallet_id", "date_start", "date_end"],
        )
        today = fields.Date.context_today(self)
        return participants.filtered(
            lambda row: not row.date_end or row.date_end >= today
        ).sorted(lambda row: (row.program_id.sequence, row.wallet_id.id))

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

    def _prepare_loyalty_b2b_facts(self, program, asks):
        """Return what the conditions of a programme's rules ask of a customer.

        :param asks: facts that the rules ask for; others are not read.
        """
        self.ensure_one()
        wallet = self.env["loyalty.b2b.wallet"]
        if "tiers" in asks:
            wallet = self._get_loyalty_b2b_wallet(program.sudo().company_id, program)
        return {
            "id": self.id,
            "country_id": self.country_id.id,
            "tag_ids": self.sudo().category_id.ids if "customer_tags" in asks else (),
            "tier_id": wallet.sudo().tier_id.id,
        }
