from datetime import timedelta

from odoo import fields
from odoo.exceptions import AccessError
from odoo.tests import tagged

from .reward_common import RewardCommon

KANBAN = ("approve", "reserved", "done", "fulfilled")


@tagged("post_install", "-at_install")
class TestBoard(RewardCommon):
    """Rewards on their way, and what points are used for."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hour = cls._create_reward("Hour", 300, user_id=cls.salesperson.id)
        cls.uses = cls.env["loyalty.b2b.redemption"]

    def _redeem(self, reward=None, **values):
        reward = (reward or self.hour).with_user(self.officer)
        return reward._redeem(self.wallet, self.buyer, **values)

    # === BOARD === #

    def test_board_shows_its_columns_from_left_to_right(self):
        self._redeem()
        uses = self.uses.with_user(self.officer)
        uses = uses.with_context(loyalty_b2b_board=True, read_group_expand=True)
        groups = uses.formatted_read_group([], ["state"], ["__count"])
        self.assertEqual(tuple(group["state"] for group in groups), KANBAN)
        self.assertEqual([group["__count"] for group in groups], [0, 0, 1, 0])

    def test_who_is_responsible_hands_over_from_the_board(self):
        use = self._redeem().with_user(self.salesperson)
        self.assertEqual((use.state, use.board_step), ("done", "fulfil"))
        self.assertFalse(use.with_user(self.sales_all).board_step)
        with self.assertRaises(AccessError):
            use.with_user(self.sales_all).action_fulfil()
        action = use.action_fulfil()
        wizard = self.env[action["res_model"]].with_user(self.salesperson)
        wizard.with_context(**action["context"]).create({}).action_apply()
        self.assertEqual((use.state, use.board_step), ("fulfilled", False))

    def test_reserved_reward_is_confirmed_from_the_board(self):
        self.hour.must_confirm = True
        use = self._redeem().with_user(self.officer)
        self.assertEqual((use.state, use.board_step), ("reserved", "confirm"))
        use.action_confirm_reward()
        self.assertEqual((use.state, use.board_step), ("done", "fulfil"))

    def test_overdue_is_what_was_not_handed_over_in_time(self):
        use = self._redeem()
        self.assertFalse(use.is_overdue)
        with self.on(str(use.date_due + timedelta(days=1))):
            use.invalidate_recordset(["is_overdue"])
            self.assertTrue(use.is_overdue)
            use._fulfil()
            self.assertFalse(use.is_overdue)

    def test_own_documents_only_means_own_customers_on_the_board(self):
        self.customer.user_id = self.sales_all
        self._redeem(self._create_reward("Day", 200))
        uses = self.uses.with_user(self.salesperson)
        self.assertFalse(uses.search([("use_kind", "=", "service")]))
        self.assertFalse(uses.formatted_read_group([], ["use_kind"], ["worth:sum"]))
        self.assertFalse(uses.formatted_read_group([], ["tier_id"], ["points:sum"]))

    # === UPTAKE === #

    def test_points_and_money_are_counted_by_kind(self):
        self._redeem(quantity=2)
        order = self._create_order([(self.product, 1, 100.0)])
        order._use_loyalty_b2b_points(100)
        groups = self.uses.with_user(self.sales_all).formatted_read_group(
            [("state", "in", ("reserved", "done", "fulfilled"))],
            ["use_kind"],
            ["points:sum", "worth:sum", "__count"],
        )
        rows = {g["use_kind"]: (g["points:sum"], g["worth:sum"]) for g in groups}
        self.assertEqual(rows, {"service": (600, 6.0), "points": (100, 1.0)})
        found = self.uses.search([("use_kind", "=", "points")])
        self.assertEqual((found.points, found.worth), (100, 1.0))
        self.assertEqual(self.uses.search([("use_kind", "!=", "points")]).points, 600)

    def test_worth_goes_by_the_rate_of_the_use(self):
        with self.on("2026-05-01"):
            use = self._redeem()
            self.env.flush_all()
            self.env["loyalty.b2b.rate"].create(
                {
                    "program_id": self.program.id,
                    "date_start": fields.Date.to_date("2099-01-01"),
                    "points": 1,
                    "amount": 1.0,
                }
            )
            self.env.invalidate_all()
            self.assertEqual(use.worth, 3.0)

    def test_share_of_customers_who_used_points(self):
        self._enrol(self._create_customer("Idle"))
        self._redeem()
        wallets = self.env["loyalty.b2b.wallet"].with_user(self.officer)
        self.assertEqual(self.wallet.used_share, 1.0)
        (group,) = wallets.formatted_read_group(
            [], ["program_id"], ["used_share:avg", "__count"]
        )
        self.assertEqual((group["used_share:avg"], group["__count"]), (0.5, 2))
