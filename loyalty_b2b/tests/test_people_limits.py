from odoo.tests import tagged

from .people_common import LoyaltyB2bPeopleCommon


@tagged("post_install", "-at_install")
class TestPeopleLimits(LoyaltyB2bPeopleCommon):
    """What a person uses without asking: per order, and per calendar month."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(100_000)

    def _use(self, points, day, partner=None, confirm=True):
        with self.on(day):
            order = self._create_order([(self.product, 10, 100.0)])
            self._use_points(order, points, contact=partner or self.anna)
            # as the database saw it: the clock of a transaction does not freeze
            use = order._get_loyalty_b2b_redemption()
            self.env.cr.execute(
                "UPDATE loyalty_b2b_redemption SET create_date = %s WHERE id = %s",
                (f"{day} 12:00:00", use.id),
            )
            use.invalidate_recordset(["create_date"])
            if confirm:
                order.action_confirm()
        return order

    def _refusal(self, points, day="2026-06-15", order=None):
        with self.on(day):
            return self.wallet._get_person(self.anna)._get_limit_refusal(points, order)

    def test_no_limit_no_refusal_and_no_query(self):
        row = self.wallet._grant(self.anna, "uses")
        with self.assertQueryCount(0):
            self.assertEqual(row._get_limit_refusal(10**12), "")
        self.assertIsNone(row._get_most_without_asking())

    def test_limit_of_an_order(self):
        self.wallet._grant(self.anna, "uses", 500)
        self.assertEqual(self._refusal(500), "")
        self.assertIn("500 points an order", self._refusal(501))

    def test_limit_of_a_month_counts_what_is_used_and_held(self):
        self.wallet._grant(self.anna, "uses", 0, 2000)
        self._use(1000, "2026-06-02")
        self._use(700, "2026-06-03", confirm=False)
        self.assertEqual(self._refusal(300), "")
        refusal = self._refusal(301)
        self.assertIn("2,000 points a month", refusal)
        self.assertIn("300 points are left", refusal)

    def test_the_month_is_the_programmes(self):
        self.wallet._grant(self.anna, "uses", 0, 2000)
        self._use(1000, "2026-05-31")
        self.assertEqual(self._refusal(2000, "2026-06-01"), "")
        self.assertTrue(self._refusal(1001, "2026-05-31"))
        # half past midnight on the first of June in Warsaw
        self.env.cr.execute(
            "UPDATE loyalty_b2b_redemption SET create_date = '2026-05-31 22:30:00'"
        )
        self.assertTrue(self._refusal(1001, "2026-06-01"))

    def test_what_colleagues_and_cancelled_orders_use_does_not_count(self):
        self.wallet._grant(self.anna, "uses", 0, 2000)
        self._use(1500, "2026-06-02", partner=self.jan)
        self._use(1500, "2026-06-03")._action_cancel()
        self.assertEqual(self._refusal(2000), "")

    def test_the_present_discount_of_a_quotation_gives_way(self):
        self.wallet._grant(self.anna, "uses", 800, 1000)
        order = self._use(700, "2026-06-02", confirm=False)
        self.assertEqual(self._refusal(800, order=order), "")
        self.assertTrue(self._refusal(301))
        order.action_confirm()
        self.assertTrue(self._refusal(301, order=order))

    def test_a_reward_does_not_make_the_discount_give_way(self):
        row = self.wallet._grant(self.anna, "uses", 800, 1000)
        order = self._use(700, "2026-06-02", confirm=False)
        reward = self.env["loyalty.b2b.reward"].browse(1)
        with self.on("2026-06-15"):
            self.assertEqual(row._get_most_without_asking(order, reward), 100)
            self.assertEqual(row._get_limit_refusal(100, order, reward), "")
            self.assertIn("an order", row._get_limit_refusal(101, order, reward))

    def test_the_most_is_the_lower_of_both(self):
        row = self.wallet._grant(self.anna, "uses", 800, 1000)
        self._use(700, "2026-06-02")
        with self.on("2026-06-15"):
            self.assertEqual(row._get_most_without_asking(), 300)
        with self.on("2026-07-15"):
            self.assertEqual(row._get_most_without_asking(), 800)

    def test_figures_of_all_persons_take_one_query(self):
        people = self.wallet._grant(self.anna, "uses", 0, 1000)
        people |= self.wallet._grant(self.jan, "uses", 500)
        self._use(700, "2026-06-02")
        self._use(200, "2026-06-02", partner=self.jan)
        with self.on("2026-06-15"):
            people._get_used_month()
            with self.assertQueryCount(1):
                used = people._get_used_month()
        self.assertEqual([used[person.id] for person in people], [700, 200])
