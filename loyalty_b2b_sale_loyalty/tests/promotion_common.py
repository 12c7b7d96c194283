from odoo import Command

from odoo.addons.loyalty_b2b.tests.use_common import UseCommon


class PromotionCommon(UseCommon):
    """Promotions and cards of Odoo beside a programme with 100 000 points to use."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["loyalty.program"].search([]).active = False
        cls.saw = cls._create_goods("Saw", 50.0, tax=cls.tax_8)
        cls._give_points(100000)

    # === FACTORIES === #

    @classmethod
    def _create_promotion(cls, rule=None, reward=None, **values):
        """Create an automatic promotion of 10 % on everything."""
        return cls.env["loyalty.program"].create(
            {
                "name": "Spring",
                "program_type": "promotion",
                "trigger": "auto",
                "applies_on": "current",
                "company_id": cls.company.id,
                "rule_ids": [Command.create(rule or {})],
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
    def _create_code(cls, code="SPRING", reward=None, **rule):
        """Create a promotion that a code starts."""
        return cls._create_promotion(
            rule={"mode": "with_code", "code": code, **rule},
            reward=reward,
            program_type="promo_code",
            trigger="with_code",
        )

    @classmethod
    def _create_card(cls, money, program_type="ewallet", **values):
        """Create a card that pays 1.00 for each of its points."""
        program = cls.env["loyalty.program"].create(
            {
                "name": "Cards",
                "program_type": program_type,
                "trigger": "auto",
                "applies_on": "future",
                "company_id": cls.company.id,
                "rule_ids": [],
                "reward_ids": [
                    Command.create(
                        {
                            "reward_type": "discount",
                            "discount_mode": "per_point",
                            "discount": 1,
                            "discount_applicability": "order",
                            "required_points": 1,
                            "description": "Card",
                        }
                    )
                ],
            }
        )
        return cls.env["loyalty.card"].create(
            {
                "program_id": program.id,
                "partner_id": cls.customer.id,
                "points": money,
                **values,
            }
        )

    # === ACTS === #

    def _apply_code(self, order, code="SPRING"):
        """Type a code, as in *Coupon Code*."""
        found = order._try_apply_code(code)
        self.assertNotIn("error", found)
        for coupon, rewards in found.items():
            self.assertFalse(order._apply_program_reward(rewards, coupon))
        order._update_programs_and_rewards()

    def _claim(self, order, program):
        """Press *Reward* and choose the one of a programme."""
        order._update_programs_and_rewards()
        for coupon, rewards in order._get_claimable_rewards().items():
            if coupon.program_id == program:
                self.assertFalse(order._apply_program_reward(rewards[:1], coupon))
        order._update_programs_and_rewards()

    # === FIGURES === #

    def _get_off(self, order, program):
        """Return what a programme of Odoo takes off an order, tax included."""
        lines = order.order_line.filtered(
            lambda line: line.reward_id.program_id == program
        )
        return -sum(lines.mapped("price_total"))

    def _get_off_untaxed(self, order, program):
        lines = order.order_line.filtered(
            lambda line: line.reward_id.program_id == program
        )
        return -sum(lines.mapped("price_subtotal"))

    def _get_points_given(self, order, program):
        """Return the points that a programme of Odoo gives for an order."""
        return order._program_check_compute_points(program)[program]["points"][0]
