import random
from itertools import permutations

from odoo import Command
from odoo.tests import tagged

from .promotion_common import PromotionCommon


@tagged("post_install", "-at_install")
class TestSequences(PromotionCommon):
    """Points, a promotion and a card on one order: the sequence changes nothing."""

    # === ACTS === #

    def _order(self, lines):
        return self._create_order(lines)

    def _act(self, order, act):
        if act == "points":
            self._use_points(order, min(self.points, self._get_most(order)))
        elif act == "code":
            self._apply_code(order)
        elif act == "card":
            self._claim(order, self.card.program_id)
        elif act == "update":
            order._update_programs_and_rewards()

    def _get_most(self, order):
        """Return how many points *Use the most* fills in."""
        wizard = self.env["loyalty.b2b.use.points"].create({"order_id": order.id})
        return wizard.most

    def _come_to(self, lines, acts, confirm=True):
        """Return what an order comes to when people act in a sequence."""
        order = self._order(lines)
        for act in acts:
            self._act(order, act)
            self.assertGreaterEqual(order.amount_total, 0.0, acts)
        before = self._read(order)
        if confirm:
            order.with_user(self.salesperson).action_confirm()
            self.assertEqual(self._read(order), before, acts)
        self._end(order)
        return before

    def _read(self, order):
        return {
            "untaxed": round(order.amount_untaxed, 2),
            "total": round(order.amount_total, 2),
            "points": order.loyalty_b2b_points,
            "ours": round(-sum(self._our_lines(order).mapped("price_total")), 2),
            "promotion": round(self._get_off(order, self.promotion), 2),
            "card": round(self._get_off(order, self.card.program_id), 2),
        }

    def _end(self, order):
        """Give everything back, so that the next order finds the same."""
        order._action_cancel()
        self.assertEqual(self.card.points, 100)
        self.wallet._invalidate_figures()

    def _check(self, lines, acts=("points", "code", "card"), confirm=True):
        outcomes = {
            sequence: self._come_to(lines, sequence, confirm)
            for sequence in permutations(acts)
        }
        first, *others = outcomes.values()
        for sequence, outcome in outcomes.items():
            self.assertEqual(outcome, first, sequence)
        self.assertTrue(others)
        return first

    def _set_up(self, points=5000, reward=None, **program):
        self.points = points
        self.program.write(program)
        self.promotion = self._create_code(reward=reward)
        self.card = self._create_card(100)

    # === SEQUENCES === #

    def test_any_sequence_net(self):
        self._set_up()
        outcome = self._check([(self.product, 2, 100.0), (self.saw, 1, 50.0)])
        self.assertEqual(
            (outcome["promotion"], outcome["points"], outcome["card"]),
            (30.0, 5000, 100.0),
        )

    def test_any_sequence_gross(self):
        self._set_gross(points=100, amount=1.0)
        self._set_up()
        outcome = self._check([(self.product, 2, 100.0), (self.saw, 1, 50.0)])
        # 300.00 - 30.00 - 50.00 - 100.00
        self.assertEqual((outcome["ours"], outcome["total"]), (50.0, 120.0))

    def test_any_sequence_where_points_meet_a_limit(self):
        """30 % of what the promotion leaves: fewer points than were asked for."""
        self._set_up(points=7500, max_order_percent=30)
        outcome = self._check([(self.product, 2, 100.0), (self.saw, 1, 50.0)])
        self.assertEqual((outcome["points"], outcome["promotion"]), (6750, 30.0))

    def test_any_sequence_where_points_and_promotion_take_everything(self):
        self._set_up(
            points=20000, reward={"discount_mode": "per_order", "discount": 123.0}
        )
        for acts in (("points", "code"), ("code", "points")):
            outcome = self._come_to([(self.product, 2, 100.0)], acts)
            self.assertEqual((outcome["points"], outcome["total"]), (10000, 0.0))

    def test_any_sequence_of_specific_and_cheapest(self):
        for reward in (
            {
                "discount_applicability": "specific",
                "discount_product_ids": [Command.set(self.saw.ids)],
            },
            {"discount_applicability": "cheapest", "discount": 50},
        ):
            with self.subTest(reward=reward["discount_applicability"]):
                self._set_up(reward=reward)
                self._check([(self.product, 2, 100.0), (self.saw, 2, 50.0)])
                (self.promotion | self.card.program_id).active = False
                self.promotion.rule_ids.code = "OLD"

    def test_any_sequence_with_taxes_in_prices(self):
        included = self._create_vat(23, included=True)
        goods = self._create_goods("Plane", 123.0, tax=included)
        self._set_up(points=3000)
        outcome = self._check([(goods, 1, 123.0), (self.saw, 1, 50.0)])
        self.assertEqual((outcome["promotion"], outcome["card"]), (17.7, 100.0))

    def test_random_orders_in_two_sequences(self):
        """Seeded: what is random is the same in every run."""
        chance = random.Random(6)
        self._set_up()
        acts = ["points", "code", "card", "update"]
        for number in range(8):
            self.points = chance.randrange(100, 5000)
            self.promotion.reward_ids.discount = chance.choice((5, 7.5, 33))
            lines = [
                (product, chance.randrange(1, 5), chance.randrange(3000, 20000) / 100)
                for product in (self.product, self.saw)
            ]
            first, second = (chance.sample(acts, 4) for _turn in range(2))
            with self.subTest(number=number, first=first, second=second):
                self.assertEqual(
                    self._come_to(lines, first), self._come_to(lines, second)
                )

    # === AFTERWARDS === #

    def test_confirm_invoice_and_credit_note_with_all_three(self):
        self._set_up()
        order = self._order([(self.product, 2, 100.0), (self.saw, 1, 50.0)])
        for act in ("card", "points", "code"):
            self._act(order, act)
        use = order._get_loyalty_b2b_redemption()
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual((use.state, self.card.points), ("done", 0))
        invoice = self._invoice(order)
        # 250.00 - 25.00 - 50.00 were bought, whoever paid
        self.assertEqual(self._points_of(invoice), 175)
        self.assertEqual(invoice.amount_total, order.amount_total)
        credit = self._credit(invoice)
        self.assertEqual(self._points_of(credit, "return"), 5000)
        self.assertEqual(self._points_of(invoice | credit), 5000)
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def test_a_line_removed_after_both_lowers_both(self):
        self._set_up(max_order_percent=30)
        order = self._order([(self.product, 2, 100.0), (self.saw, 1, 50.0)])
        self._act(order, "points")
        self._act(order, "code")
        self._act(order, "card")
        order.order_line.filtered(lambda line: line.product_id == self.saw).unlink()
        order.with_user(self.salesperson).action_confirm()
        outcome = self._read(order)
        # 10 % of 246.00; 50.00 net is less than 30 % of 180.00, then the card
        self.assertEqual(
            (outcome["promotion"], outcome["points"], outcome["total"]),
            (24.6, 5000, 59.9),
        )

    def test_the_card_pays_more_again_when_points_are_removed(self):
        self._set_up(points=17000)
        order = self._order([(self.product, 2, 100.0)])
        self._act(order, "card")
        self._act(order, "points")
        self.assertAlmostEqual(self._get_off(order, self.card.program_id), 36.9)
        self.assertAlmostEqual(order.amount_total, 0.0)
        order.action_remove_loyalty_b2b_use()
        self.assertAlmostEqual(self._get_off(order, self.card.program_id), 100.0)
        self.assertAlmostEqual(order.amount_total, 146.0)

    def test_the_preview_shows_what_is_left_after_the_card(self):
        self._set_up()
        order = self._order([(self.product, 2, 100.0)])
        self._act(order, "card")
        wizard = self.env["loyalty.b2b.use.points"].create(
            {"order_id": order.id, "points": 17000}
        )
        self.assertAlmostEqual(wizard.new_total, 0.0)
        wizard.points = 5000
        self.assertAlmostEqual(wizard.new_total, 84.5)
        wizard.action_apply()
        self.assertAlmostEqual(order.amount_total, 84.5)

    def test_no_card_is_offered_where_points_paid_everything(self):
        self._set_up(points=20000)
        order = self._order([(self.product, 2, 100.0)])
        self._act(order, "points")
        order._update_programs_and_rewards()
        self.assertNotIn(self.card, order._get_claimable_rewards())

    def test_cancelling_gives_points_and_card_back(self):
        self._set_up()
        order = self._order([(self.product, 2, 100.0)])
        for act in ("code", "points", "card"):
            self._act(order, act)
        order.with_user(self.salesperson).action_confirm()
        self.assertWallet(balance=95000)
        order._action_cancel()
        self.assertWallet(balance=100000)
        self.assertEqual(self.card.points, 100)
        self.assertFalse(order.order_line.filtered("reward_id"))
