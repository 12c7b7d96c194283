from odoo.fields import Domain

from odoo.addons.loyalty_b2b.tests.portal_common import LoyaltyB2bPortalCommon


class ShopCommon(LoyaltyB2bPortalCommon):
    """A web shop of the programme's company, its products, and carts."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.website = cls.env["website"].search(Domain.TRUE, limit=1)
        cls.website.company_id = cls.company
        (cls.product + cls._create_goods("Saw", 250.0)).website_published = True

    @classmethod
    def _create_cart(cls, lines, user=None, **values):
        """Return a cart of a portal user of the customer.

        :param lines: of `_create_order`.
        """
        partner = (user or cls.boss).partner_id
        return cls._create_order(
            lines,
            partner=partner,
            website_id=cls.website.id,
            **{"loyalty_b2b_channel": "web", **values},
        )
