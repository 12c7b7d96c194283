from unittest.mock import patch

from odoo.tests import HttpCase, tagged
from odoo.tools.convert import convert_file

from odoo.addons.loyalty_b2b.demo import teller


@tagged("post_install", "-at_install")
class TestDemoShop(HttpCase):
    """The shop of the demo data opens, and a company that joins can pay in it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("ir_attachment.location", "db")
        with patch.object(teller.Teller, "tell", lambda self: None):
            cls._load("loyalty_b2b", "loyalty_b2b_demo")
        cls._load("loyalty_b2b_website_sale", "loyalty_b2b_website_sale_demo")
        cls.company = cls.env.ref("loyalty_b2b.demo_company")

    @classmethod
    def _load(cls, addon, name, mode="init"):
        convert_file(cls.env, addon, f"demo/{name}.xml", {}, mode=mode, noupdate=True)
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _get_providers(self):
        return self.env["payment.provider"].search(
            [("company_id", "=", self.company.id), ("state", "!=", "disabled")]
        )

    def test_products_are_shown_with_pictures(self):
        page = self.url_open("/shop")
        self.assertEqual(page.status_code, 200)
        self.assertIn("Wall box 11 kW", page.text)
        shown = self.env["product.template"].search(
            [("company_id", "=", self.company.id), ("is_published", "=", True)]
        )
        self.assertEqual(len(shown), 13)
        self.assertTrue(all(product.image_1920 for product in shown))

    def test_simulated_payments_are_offered_once(self):
        own = self._get_providers()
        self.assertIn("demo", own.mapped("code"))
        self.assertTrue(all(own.mapped("is_published")))
        self._load(
            "loyalty_b2b_website_sale", "loyalty_b2b_website_sale_demo", "update"
        )
        self.assertEqual(self._get_providers(), own)

    def test_somebody_of_a_company_outside_signs_in(self):
        self.authenticate("solar", "solar")
        self.assertEqual(self.url_open("/shop").status_code, 200)
        partner = self.env.ref("loyalty_b2b_website_sale.demo_user_solar").partner_id
        self.assertFalse(partner._get_loyalty_b2b_wallet(self.company))
