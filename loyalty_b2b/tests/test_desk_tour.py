from odoo.tests import HttpCase, tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestDeskTour(RewardCommon, HttpCase):
    """A day at the desk, in the browser."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.hour = cls._create_reward("Hour", 300, user_id=cls.salesperson.id)

    def test_salesperson_looks_after_his_customers(self):
        saw = self._create_goods("Saw", 200.0)
        self._create_invoice_of([(self.product, 1, 10.0)])
        for name in ("North", "South"):
            other = self._create_customer(name)
            self._enrol(other)
            self._create_invoice_of([(self.product, 1, 1.0), (saw, 1, 1.0)], other)
        self.start_tour("/odoo", "loyalty_b2b_desk", login=self.salesperson.login)

    def test_responsible_hands_a_reward_over_on_the_board(self):
        reward = self.hour.with_user(self.officer)
        use = reward._redeem(self.wallet, self.buyer)
        self.start_tour(
            "/odoo/loyalty-fulfilment",
            "loyalty_b2b_board",
            login=self.salesperson.login,
        )
        use.invalidate_recordset()
        self.assertEqual((use.state, use.fulfil_note), ("fulfilled", "By phone"))
        self.assertEqual(use.fulfilled_by_id, self.salesperson)
