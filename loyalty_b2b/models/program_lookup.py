import re
from collections import defaultdict

from odoo import models
from odoo.tools import SQL


class LoyaltyB2bProgram(models.Model):
    """Which company a text in a list or a report names."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _find_customers(self, codes, finders=("tax_ids", "references", "names")):
        """Return text → companies that it names, as far as the caller may see them.

        By tax id in any spelling, else by internal reference, else by exact name.

        :param codes: texts.
        :param finders: in which order to look.
        """
        self.ensure_one()
        found = {code: self.env["res.partner"] for code in codes}
        for finder in finders:
            missing = [code for code, owners in found.items() if not owners and code]
            if missing:
                found.update(getattr(self, f"_find_by_{finder}")(missing))
        return found

    def _find_by_tax_ids(self, codes):
        """Find by tax id; one without a country is of any country."""
        wanted = {code: parse_tax_id(code) for code in codes}
        owners = defaultdict(self.env["res.partner"].browse)
        for partner in self._search_tax_ids({number for _c, number in wanted.values()}):
            country, number = partner._get_loyalty_b2b_tax_id().split(":")
            for place in ((country, number), ("", number)):
                owners[place] |= partner._get_loyalty_b2b_owner()
        return {code: owners[place] for code, place in wanted.items() if place[1]}

    def _search_tax_ids(self, numbers):
        """Return the partners with these numbers, whatever their country."""
        partners = self.env["res.partner"].with_company(self.company_id)
        partners.flush_model(["vat"])
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM res_partner WHERE vat IS NOT NULL AND active"
                " AND (company_id IS NULL OR company_id = %s)"
                " AND REGEXP_REPLACE(REGEXP_REPLACE(UPPER(vat), '[^0-9A-Z]', '', 'g'),"
                "                    '^[A-Z]{2}', '') = ANY(%s) ORDER BY id",
                self.company_id.id,
                list(numbers - {""}),
            )
        )
        found = partners.browse(partner_id for (partner_id,) in rows)
        return found._filtered_access("read").filtered(
            lambda partner: partner._get_loyalty_b2b_tax_id()
        )

    def _find_by_references(self, codes):
        return self._find_by_field("ref", codes)

    def _find_by_names(self, codes):
        return self._find_by_field("name", codes)

    def _find_by_field(self, name, codes):
        wanted = {code.strip(): code for code in codes}
        found = defaultdict(self.env["res.partner"].browse)
        partners = self.env["res.partner"].search(
            [
                (name, "in", list(wanted)),
                ("company_id", "in", [False, self.company_id.id]),
            ]
        )
        for partner in partners:
            found[wanted[partner[name]]] |= partner._get_loyalty_b2b_owner()
        return found

    def _find_wallets(self, owners):
        """Return company → wallet in the programme, as far as the caller may see."""
        participants = self.env["loyalty.b2b.participant"].search_fetch(
            [("program_id", "=", self.id), ("partner_id", "in", owners.ids)],
            ["partner_id", "wallet_id"],
        )
        return {row.partner_id: row.wallet_id for row in participants}


def parse_tax_id(text):
    """Return country, '' where it is not said, and number of a tax id as typed."""
    text = re.sub(r"[^0-9A-Z]", "", text.upper())
    country, number = re.fullmatch(r"([A-Z]{2})?(.*)", text).groups()
    return country or "", number if len(number) > 2 else ""
