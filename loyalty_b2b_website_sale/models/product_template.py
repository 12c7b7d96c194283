from math import isfinite

from odoo import fields, models
from odoo.http import request
from odoo.tools import float_round

from .ir_http import get_notes
from .program_offers import Offer

# More of a product is no offer of a web shop.
MOST = 10**9


class ProductTemplate(models.Model):
    """What a product of the shop earns, from the price that its page shows anyway."""

    _inherit = "product.template"

    # === PAGES === #

    def _get_sales_prices(self, website):
        """Add what the product that each card opens earns for the visitor's company."""
        prices = super()._get_sales_prices(website)
        visit = website._get_loyalty_b2b_visit()
        if visit and self:
            variants = self.env["product.product"].sudo()
            offers = [
                template._prepare_loyalty_b2b_offer(
                    template, variants.browse(template._get_first_possible_variant_id())
                )
                for template in self
            ]
            texts = website._get_loyalty_b2b_offer_texts(visit, offers)
            for key, text in texts.items():
                prices[key]["loyalty_b2b_earns"] = text
        return prices

    def _get_additionnal_combination_info(
        self, product_or_template, quantity, uom, date, website
    ):
        """Add what the combination earns, where a page of ours asks for it.

        Others ask for many products, one by one.
        """
        info = super()._get_additionnal_combination_info(
            product_or_template, quantity, uom, date, website
        )
        if not self.env.context.get("loyalty_b2b_earns"):
            return info
        visit = website._get_loyalty_b2b_visit()
        if visit:
            variant = product_or_template.sudo()
            if product_or_template._name != "product.product":
                variant = self.env["product.product"].sudo()
            offer = self._prepare_loyalty_b2b_offer(
                product_or_template, variant, quantity, uom
            )
            texts = website._get_loyalty_b2b_offer_texts(visit, [offer])
            info["loyalty_b2b_earns"] = texts.get(self.id, "")
        return info

    # === OFFERS === #

    def _prepare_loyalty_b2b_offer(self, priced, variant, quantity=1.0, uom=None):
        """Return what is shown as the line that an order would have; None if none.

        :param priced: template or variant whose price is shown.
        :param variant: in sudo, the one that would be ordered; may be empty.
        :param uom: unit of the quantity and price, the product's own by default.
        """
        self.ensure_one()
        # the parts of a combo earn, and they are not chosen yet
        if self.type == "combo" or not isfinite(quantity) or not 0 < quantity < MOST:
            return None
        terms = self._get_loyalty_b2b_price(priced, quantity, uom)
        if not terms:
            return None
        price, discount = terms
        own = uom._compute_quantity(quantity, self.uom_id, round=False) if uom else 1.0
        return Offer(
            key=self.id,
            product_id=variant.id,
            categ_id=self.sudo().categ_id.id,
            quantity=own,
            net=self._get_loyalty_b2b_net(priced, price, discount, quantity),
            discount=discount,
        )

    def _get_loyalty_b2b_price(self, priced, quantity, uom):
        """Return price before discount and tax, and the discount, as an order has them.

        :return: (price, percentage); None where the shop computed no price.
        """
        pricelist = request.pricelist
        place = (pricelist.id, priced._name, quantity, uom.id if uom else False)
        noted = get_notes("loyalty_b2b_prices").get(place, {}).get(priced.id)
        if not noted or noted[0] <= 0:
            return None
        price, item_id = noted
        item = self.env["product.pricelist.item"].sudo().browse(item_id)
        if not item._show_discount():
            return price, 0.0
        full = item._compute_price_before_discount(
            product=priced,
            quantity=quantity,
            uom=uom or self.uom_id,
            date=fields.Datetime.now(),
            currency=request.website.currency_id,
        )
        if full <= price:
            return price, 0.0
        digits = self.env["decimal.precision"].precision_get("Discount")
        return full, float_round((full - price) / full * 100, precision_digits=digits)

    def _get_loyalty_b2b_net(self, priced, price, discount, quantity):
        """Return the untaxed amount of an order line, in the shop's currency.

        :param float price: of one unit, with the taxes that it includes.
        """
        product_taxes = priced.sudo().taxes_id._filter_taxes_by_company(
            self.env.company
        )
        taxes = request.fiscal_position.map_tax(product_taxes)
        price = self.env["product.product"]._get_tax_included_unit_price_from_price(
            price, product_taxes, product_taxes_after_fp=taxes
        )
        price *= 1 - discount / 100
        currency = request.website.currency_id
        if not any(taxes.flatten_taxes_hierarchy().mapped("price_include")):
            return currency.round(price * quantity)
        partner = self.env.user.partner_id
        return taxes.compute_all(price, currency, quantity, priced, partner)[
            "total_excluded"
        ]
