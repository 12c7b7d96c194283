from odoo import models


class ProductPricelist(models.Model):
    """The pricelist of a customer's level, between his own and that of his country."""

    _inherit = "product.pricelist"

    # === BUSINESS METHODS === #

    def _get_partner_pricelist_multi(self, partner_ids):
        result = super()._get_partner_pricelist_multi(partner_ids)
        groups = self.env["res.groups"]
        if groups._is_feature_enabled("product.group_product_pricelist"):
            partners = self.env["res.partner"].browse(partner_ids)
            for partner, pricelist in self._get_loyalty_b2b_pricelists(partners):
                result[partner.id] = pricelist
        return result

    def _get_loyalty_b2b_pricelists(self, partners):
        """Return (partner, pricelist) by the level of those with none of their own.

        No query where no level brings a pricelist.
        """
        tiers, company = self.env["loyalty.b2b.tier"], self.env.company
        if not tiers._get_benefits(company.id).pricelist_id:
            return []
        without = partners.filtered(
            lambda partner: (
                not partner.specific_property_product_pricelist.with_env(
                    self.env
                )._get_partner_pricelist_multi_filter_hook()
            )
        )
        found = tiers._get_benefit("pricelist_id", without, company)
        return [
            (partner, pricelist)
            for partner, pricelist in found.items()
            if pricelist._get_partner_pricelist_multi_filter_hook()
        ]
