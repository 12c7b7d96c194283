from odoo.tests import tagged

from .portal_common import LoyaltyB2bPortalCommon


class LoyaltyB2bPortalTour(LoyaltyB2bPortalCommon):
    """A customer with points earned and used."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_invoice_of([500.0])
        cls.wallet._take("redeem", 200, "tour:use", order_name="S00001")


@tagged("post_install", "-at_install")
class TestPortalTour(LoyaltyB2bPortalTour):
    def test_customer_reads_the_wallet(self):
        self.start_tour("/my", "loyalty_b2b_portal", login=self.boss.login)


@tagged("post_install", "-at_install")
class TestPortalTourMobile(LoyaltyB2bPortalTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_customer_reads_the_wallet_on_a_phone(self):
        self.start_tour("/my", "loyalty_b2b_portal_mobile", login=self.boss.login)

    def test_nothing_is_wider_than_the_screen(self):
        code = """
            const wide = document.documentElement.scrollWidth;
            if (wide > window.innerWidth) {
                console.error(`The page is ${wide} px wide`);
            }
            console.log("test successful");
        """
        entry = self.wallet.entry_ids[:1]
        for url in (
            "/my/loyalty",
            f"/my/loyalty/{entry.id}",
            f"/my/loyalty/program/{self.program.id}/rules",
        ):
            with self.subTest(url=url):
                self.browser_js(url, code, login=self.boss.login)
