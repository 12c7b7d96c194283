from lxml import html

from odoo.tests import tagged

from .portal_common import LoyaltyB2bPortalCommon
from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestSaleDocuments(UseCommon, LoyaltyB2bPortalCommon):
    """How a discount for points reads on what the customer gets."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(5000)
        cls.order = cls._create_order([(cls.product, 3, 70.0)])
        cls._use_points(cls.order, 1000)

    def _get_cells(self, page):
        """Return row by row the texts of quantity, unit price and amount."""
        names = ("td_product_quantity", "td_product_priceunit", "td_product_subtotal")
        return [
            [self._text(row.xpath(f".//td[@name='{name}']")[0]) for name in names]
            for row in page.xpath("//tr[@name='tr_product']")
        ]

    def assertAmountOnly(self, page):
        goods, discount = self._get_cells(page)
        self.assertIn("3", goods[0])
        self.assertIn("70.00", goods[1])
        self.assertEqual(discount[:2], ["", ""])
        self.assertIn("10.00", discount[2])

    def test_portal_shows_the_amount_of_a_discount_and_no_units(self):
        self.order.action_quotation_sent()
        page = self._read(self.order.get_portal_url())
        self.assertAmountOnly(page)

    def test_paper_shows_the_amount_of_a_discount_and_no_units(self):
        content, _kind = self.env["ir.actions.report"]._render_qweb_html(
            "sale.report_saleorder", self.order.ids
        )
        self.assertAmountOnly(html.fromstring(content.decode()))
