from odoo import models


class ResPartner(models.Model):
    """What the level of a customer decides where nobody chose otherwise."""

    _inherit = "res.partner"

    # === COMPUTE METHODS === #

    def _inverse_product_pricelist(self):
        """Keep a pricelist chosen by hand though it is the one of the country.

        Where a level brings a pricelist, this one is the default, not the country's.
        """
        tiers = self.env["loyalty.b2b.tier"]
        by_level = tiers._get_benefit("pricelist_id", self, self.env.company)
        chosen = {partner: partner.property_product_pricelist for partner in by_level}
        super()._inverse_product_pricelist()
        for partner, pricelist in chosen.items():
            partner.specific_property_product_pricelist = (
                pricelist if pricelist != by_level[partner] else False
            )

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_payment_terms(self, company):
        """Return the payment terms by the level of those with none of their own.

        A default for all customers is nobody's own. No query where no level brings
        payment terms.

        :param company: `res.company` that sells.
        :return: dict of partner → `account.payment.term`.
        """
        tiers = self.env["loyalty.b2b.tier"]
        if not tiers._get_benefits(company.id).payment_term_id:
            return {}
        without = self.filtered(
            lambda partner: not partner._has_loyalty_b2b_payment_term(company)
        )
        return tiers._get_benefit("payment_term_id", without, company)

    def _has_loyalty_b2b_payment_term(self, company):
        """Tell whether payment terms were chosen for this customer or its company."""
        field = self._fields["property_payment_term_id"]
        partners = (self | self._get_loyalty_b2b_owner()).with_company(company)
        default = field.get_company_dependent_fallback(partners)
        return any(
            partner[field.name] not in (default, default.browse())
            for partner in partners
        )
