from odoo.tests import tagged

from .test_portal_rewards import PortalRewardCommon

WIDTH = """
    const wide = document.documentElement.scrollWidth;
    if (wide > window.innerWidth) {
        console.error(`The page is ${wide} px wide`);
    }
    console.log("test successful");
"""


class RewardsTour(PortalRewardCommon):
    """A buyer with the right has three rewards, and receives them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._create_reward("Week on the coast", 4000)
        cls.drill = cls._create_reward(
            "Drill for free", 150, kind="product", product_id=cls.product.id
        )
        cls.order = cls._create_order([(cls.product, 1, 50.0)], state="sent")
        cls._give_points(150)

    def _run(self, name):
        start = f"/my/loyalty/program/{self.program.id}"
        self.start_tour(start, f"loyalty_b2b_reward_{name}", login=self.user.login)

    def _get_use(self, reward):
        return self._uses(reward).ensure_one()

    def _have_three(self):
        for name in ("seat", "voucher", "product"):
            self._run(name)
        seat, voucher = self._get_use(self.seat), self._get_use(self.voucher)
        self.assertEqual((seat.state, voucher.state), ("done", "fulfilled"))
        self.assertEqual(self._get_use(self.drill).state, "reserved")
        seat.with_user(self.officer).sudo()._fulfil("Both were there")
        self.order.with_user(self.salesperson).action_confirm()
        goods = self.order.order_line.filtered(
            lambda line: line.loyalty_b2b_redemption_id and line.price_unit >= 0
        )
        goods.qty_delivered = 1
        self.assertEqual(self._get_use(self.drill).state, "fulfilled")
        self._run("received")
        self.assertEqual(self.wallet.available, 1150 - 800 - 200 - 150)
        rows = self.wallet.entry_ids.filtered(lambda row: row.kind == "redeem")
        self.assertEqual(rows.contact_id, self.user.partner_id)


@tagged("post_install", "-at_install")
class TestRewardsTour(RewardsTour):
    def test_a_buyer_has_a_seat_a_voucher_and_a_product(self):
        self._have_three()


@tagged("post_install", "-at_install")
class TestRewardsTourMobile(RewardsTour):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_buyer_has_them_on_a_phone(self):
        self._have_three()

    def test_nothing_is_wider_than_the_screen(self):
        use = self.voucher._redeem(self.wallet, self.user.partner_id)
        for url in (
            f"{self.url}/rewards",
            f"{self.url}/rewards?kind=gift&now=1",
            self._url_of(self.seat),
            self._url_of(self.drill),
            f"{self.url}/uses",
            f"/my/loyalty/use/{use.id}",
            f"{self.url}/statement",
            f"{self.url}/statement?first=2026-01-01&last=2026-01-31",
        ):
            with self.subTest(url=url):
                self.browser_js(url, WIDTH, login=self.user.login)
