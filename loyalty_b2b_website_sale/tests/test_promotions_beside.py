from odoo import Command
from odoo.tests import tagged

from .payment_common import PaymentCommon


@tagged("post_install", "-at_install")
class TestPromotionsBeside(PaymentCommon):
    """A cart with points and Odoo's promotions and cards, as far as installed."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.has_promotions = "reward_id" in cls.env["sale.order.line"]._fields
        if cls.has_promotions:
            cls.env["loyalty.program"].search([]).active = False
            cls.code = cls._create_odoo_program(
                program_type="promo_code",
                trigger="with_code",
                rule_ids=[Command.create({"mode": "with_code", "code": "SPRING"})],
            )

    @classmethod
    def _create_odoo_program(cls, reward=None, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": "Spring",
                "applies_on": "current",
                "company_id": cls.company.id,
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount": 10,
                            "discount_mode": "percent",
                            "discount_applicability": "order",
                            **(reward or {}),
                        }
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _create_ewallet(cls, money):
        program = cls._create_odoo_program(
            {"discount_mode": "per_point", "discount": 1, "required_points": 1},
            program_type="ewallet",
            trigger="auto",
            applies_on="future",
        )
        return cls.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": cls.boss.partner_id.id,
                "points": money,
            }
        )

    # === ACTS === #

    def _enter_code(self, cart):
        """Type the code on the cart's page."""
        self.authenticate(self.boss.login, self.boss.login)
        page = self.url_open("/shop/cart")
        self.assertEqual(page.status_code, 200)
        self.url_open(
            "/shop/pricelist",
            data={"promo": "SPRING", "csrf_token": self._read_token(page)},
        )
        self.env.invalidate_all()
        self.assertIn(self.code, cart.order_line.reward_id.program_id)

    def _read_token(self, page):
        return page.text.split('csrf_token: "')[1].split('"')[0]

    def _choose(self, cart, points):
        person = self.boss.partner_id
        cart.with_user(self.boss).sudo()._use_loyalty_b2b_portal_points(
            self.wallet, person, points
        )

    def _check_without(self):
        """Say what holds where Odoo's promotions are not installed."""
        cart, use = self._create_chosen(600)
        self.assertEqual((use.state, use.points), ("draft", 600))
        self.assertFalse(any(li._is_loyalty_b2b_payment() for li in cart.order_line))

    # === TESTS === #

    def test_points_then_a_code_and_a_code_then_points(self):
        if not self.has_promotions:
            return self._check_without()
        self.program.max_order_percent = 10
        first, use = self._create_chosen(1000)
        self._enter_code(first)
        outcome = (first.amount_total, use.points)
        self.assertEqual(outcome, (99.63, 900))  # 100.00 - 10.00 - 9.00, and VAT
        first.action_cancel()
        second = self._create_cart([(self.service, 1, 100.0)])
        self._enter_code(second)
        self._choose(second, 900)
        self.assertEqual((second.amount_total, second.loyalty_b2b_points), outcome)
        return None

    def test_looking_at_a_cart_changes_no_points(self):
        if not self.has_promotions:
            return self._check_without()
        self.program.max_order_percent = 10
        cart, use = self._create_chosen(1000)
        self._create_odoo_program(
            program_type="promotion", trigger="auto", rule_ids=[Command.create({})]
        )
        before = (use.points, use.fingerprint, use.line_ids.ids)
        self.authenticate(self.boss.login, self.boss.login)
        self.url_open("/shop/cart")
        self.env.invalidate_all()
        # Odoo has put its automatic promotion on
        self.assertTrue(cart.order_line.filtered("is_reward_line"))
        self.assertEqual((use.points, use.fingerprint, use.line_ids.ids), before)
        self.assertTrue(cart._get_loyalty_b2b_cart_news())
        cart._update_loyalty_b2b_cart()
        self.assertEqual(use.points, 900)
        return None

    def test_a_cart_is_not_paid_at_another_total_than_shown(self):
        if not self.has_promotions:
            return self._check_without()
        self.program.max_order_percent = 10
        cart, use = self._create_chosen(1000)
        for card, reward in cart._try_apply_code("SPRING").items():
            cart._apply_program_reward(reward, card)
        cart._update_loyalty_b2b_cart()
        transaction = self._start(cart)
        self.assertEqual(transaction.amount, cart.amount_total)
        self._simulate(transaction, "done")
        self.assertEqual((cart.state, use.state, use.points), ("sale", "done", 900))
        self.assertAlmostEqual(cart.amount_total, 99.63)
        return None

    def test_an_ewallet_pays_what_points_leave(self):
        if not self.has_promotions:
            return self._check_without()
        card = self._create_ewallet(50)
        cart = self._create_cart([(self.service, 1, 100.0)])
        cart._update_programs_and_rewards()
        cart._apply_program_reward(card.program_id.reward_ids, card)
        self.assertAlmostEqual(cart.amount_total, 73.0)
        self._choose(cart, 1000)
        self.assertAlmostEqual(cart.amount_total, 60.7)  # 123.00 - 12.30 - 50.00
        cart.action_confirm()
        self.assertAlmostEqual(cart.amount_total, 60.7)
        self.assertEqual(cart._get_loyalty_b2b_expected_points(self.program), 90)
        return None
