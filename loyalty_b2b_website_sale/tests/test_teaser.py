from odoo.tests import tagged

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestTeaser(ShopCommon):
    """Strangers read one line in the shop; it costs nothing and tells no figures."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.public = cls.website.user_id
        cls.url = cls.program._get_shop_url()

    def _get_teaser(self, user):
        return self.website.with_user(user)._get_loyalty_b2b_teaser()

    def _find_teasers(self, url, user=None):
        page = self._open(url, user)
        self.assertEqual(page.status_code, 200)
        return page.text.count("o_loyalty_b2b_teaser")

    def test_strangers_read_what_orders_earn(self):
        for user in (self.public, self.outsider):
            teaser = self._get_teaser(user)
            self.assertIn("1,000", teaser.text)
            self.assertEqual(teaser.url, self.url)

    def test_who_takes_part_reads_nothing(self):
        for user in (self.boss, self.branch_buyer, self.stranger):
            self.assertIsNone(self._get_teaser(user))

    def test_a_control_group_reads_nothing(self):
        self.wallet.is_control = True
        self.assertIsNone(self._get_teaser(self.boss))
        self.assertEqual(self._find_teasers("/shop", self.boss), 0)

    def test_it_costs_strangers_no_query(self):
        website = self.website.with_user(self.public)
        website._get_loyalty_b2b_teaser()
        with self.assertQueryCount(0):
            website._get_loyalty_b2b_teaser()

    def test_who_takes_no_part_costs_two_queries_at_most(self):
        self._get_teaser(self.outsider)
        self.env.invalidate_all()
        website = self.website.with_user(self.outsider)
        website._find_loyalty_b2b_visit()
        queries = self.env.cr.sql_log_count
        website._find_loyalty_b2b_visit()
        visit = self.env.cr.sql_log_count - queries
        with self.assertQueryCount(visit + 1):
            self.assertTrue(website._get_loyalty_b2b_teaser())
        self.assertLessEqual(visit + 1, 2)

    def test_it_follows_the_programme(self):
        self.assertNotIn("500", self._get_teaser(self.public).text)
        self.program.welcome_points = 500
        self.assertIn("500", self._get_teaser(self.public).text)
        self.program.rule_ids.points = 3
        self.assertIn("3,000", self._get_teaser(self.public).text)
        self.program.shop_shown = False
        self.assertIsNone(self._get_teaser(self.public))

    def test_it_stays_on_its_website(self):
        other = self.env["website"].create(
            {"name": "Other", "company_id": self.company.id}
        )
        self.assertTrue(other._get_loyalty_b2b_program())
        self.program.website_ids = self.website
        self.assertFalse(other._get_loyalty_b2b_program())
        self.assertEqual(self.website._get_loyalty_b2b_program(), self.program)

    def test_it_stands_on_list_product_and_cart(self):
        pages = ("/shop", self.product.website_url, "/shop/cart")
        for url in pages:
            with self.subTest(url=url):
                self.assertEqual(self._find_teasers(url), 1)
                self.assertEqual(self._find_teasers(url, self.boss), 0)
