from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestReward(RewardCommon):
    """What the catalogue keeps, and what it refuses."""

    def test_reward_of_each_kind_says_what_it_lacks(self):
        for kind, word in (
            ("discount", "how much money"),
            ("percent", "percentage"),
            ("product", "choose the product"),
        ):
            with self.subTest(kind), self.assertRaisesRegex(ValidationError, word):
                self._create_reward(kind=kind)

    def test_price_in_money_needs_an_order(self):
        with self.assertRaisesRegex(ValidationError, "needs no order"):
            self._create_reward(price_amount=10.0)

    def test_nobody_types_how_many_are_taken(self):
        with self.assertRaises(AccessError):
            self._create_reward(taken=1)
        reward = self._create_reward()
        with self.assertRaises(AccessError):
            reward.sudo().taken = 3
        rewards = self.env["loyalty.b2b.reward"].with_context(default_taken=7)
        copy = rewards.create(
            {"name": "X", "program_id": self.program.id, "kind": "service", "points": 1}
        )
        self.assertEqual(copy.taken, 0)

    def test_reward_that_was_used_is_archived_not_deleted(self):
        reward = self._create_reward()
        self._redeem(reward)
        with self.assertRaisesRegex(UserError, "Hotline hour.*archive it"):
            reward.unlink()

    def test_what_was_used_keeps_its_kind_and_programme(self):
        reward = self._create_reward()
        reward.kind = "enablement"
        self._redeem(reward)
        reward.write({"kind": "enablement", "points": 5})
        other = self._create_program(start=False, name="Other")
        for values in ({"kind": "service"}, {"program_id": other.id}):
            with self.subTest(values), self.assertRaisesRegex(UserError, "stay"):
                reward.write(values)

    def test_new_price_does_not_touch_what_is_reserved(self):
        reward = self._create_reward(must_confirm=True)
        use = self._redeem(reward, 2)
        reward.points = 999
        use._confirm_alone()
        self.assertEqual(use.points, 600)
        self.assertWallet(available=400)


@tagged("post_install", "-at_install")
class TestRewardRefusal(RewardCommon):
    """Why a reward is not to be had, for this customer and person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.reward = cls._create_reward()

    def test_nothing_stands_against_a_reward_that_can_be_had(self):
        self.assertEqual(self.reward._get_refusals(self.wallet), [])

    def test_says_how_many_points_are_short(self):
        self.reward.points = 1300
        self.assertEqual(self._texts(self.reward), ["300 points short"])
        self.assertEqual(self._texts(self.reward, quantity=2), ["1,600 points short"])

    def test_says_from_which_level(self):
        silver, gold = self.env["loyalty.b2b.tier"].create(
            [
                {"name": name, "program_id": self.program.id, "threshold": threshold}
                for name, threshold in (("Silver", 0), ("Gold", 5000))
            ]
        )
        self.reward.tier_ids = gold
        self.assertEqual(self._texts(self.reward), ["from Gold"])
        self.reward.tier_ids = silver
        self.assertEqual(self._texts(self.reward), ["only for Silver"])
        self.reward.tier_ids = silver | gold
        self.assertEqual(self._texts(self.reward), ["from Silver"])

    def test_says_until_when_it_is_sold_out(self):
        with self.on("2026-03-10"):
            self.reward.write({"is_limited": True, "stock": 0})
            self.assertEqual(self._texts(self.reward), ["sold out"])
            self.reward.date_restock = "2026-05-01"
            self.assertEqual(self._texts(self.reward), ["sold out until 1 May"])
            self.reward.stock = 2
            self.assertEqual(self._texts(self.reward, quantity=3), ["only 2 left"])

    def test_says_when_it_begins_and_ended(self):
        with self.on("2026-03-10"):
            self.reward.date_start = "2026-05-01"
            self.assertEqual(self._texts(self.reward), ["to be had from 1 May on"])
            self.reward.write({"date_start": False, "date_end": "2025-05-01"})
            self.assertEqual(
                self._texts(self.reward), ["was to be had until 1 May 2025"]
            )
            self.reward.date_end = "2026-03-10"
            self.assertEqual(self._texts(self.reward), [])

    def test_says_who_decides_and_lets_ask(self):
        boss = self.buyer.copy({"name": "Anna Nowak", "email": "anna@wisla.test"})
        (refusal,) = self.reward._get_refusals(self.wallet, self.buyer)
        self.assertEqual((refusal.code, refusal.remedy), ("role", ""))
        self._give_role(boss, "administers")
        (refusal,) = self.reward._get_refusals(self.wallet, self.buyer)
        self.assertEqual((refusal.code, refusal.remedy), ("role", "ask"))
        self.assertEqual(refusal.text, "Anna Nowak decides about points: ask first")
        self.assertEqual(self.reward._get_refusals(self.wallet, boss), [])

    def test_limit_of_a_period_counts_what_is_asked_and_had(self):
        self.reward.write({"limit_number": 2, "limit_period": "year", "points": 10})
        self._redeem(self.reward, 2)._cancel_reward("test")
        self.assertEqual(self._codes(self.reward, quantity=2), [])
        use = self._redeem(self.reward)
        self.assertEqual(self._codes(self.reward, quantity=2), ["limit"])
        self._redeem(self.reward)
        self.assertEqual(self._codes(self.reward), ["limit"])
        self.assertRegex(self._texts(self.reward)[0], "at most 2 a year: again from")
        self.env.flush_all()
        self.env.cr.execute(
            "UPDATE loyalty_b2b_redemption SET create_date = create_date"
            " - interval '1 year' WHERE id = %s",
            [use.id],
        )
        self.assertEqual(self._codes(self.reward), [])

    def test_turnover_says_what_is_missing(self):
        self.reward.write({"min_turnover": 500, "turnover_period": "rolling"})
        self._create_invoice_of([200.0])
        self.assertEqual(self._codes(self.reward), ["turnover"])
        self.assertRegex(self._texts(self.reward)[0], "300.00.* of turnover missing")
        self._create_invoice_of([300.0])
        self.assertEqual(self._codes(self.reward), [])

    def test_segment_is_for_customers_with_the_tag(self):
        tag = self.env["res.partner.category"].create({"name": "Installers"})
        self.reward.segment_ids = tag
        self.assertEqual(self._codes(self.reward), ["segment"])
        self.customer.category_id = tag
        self.assertEqual(self._codes(self.reward), [])

    def test_wallet_that_cannot_use_points_says_so(self):
        self.wallet.action_suspend()
        self.assertEqual(self._codes(self.reward), ["wallet"])
        other = self._create_program(start=False, name="Other")
        self.assertIn("program", self._codes(self._create_reward(program_id=other.id)))

    def test_event_that_has_begun_takes_nobody(self):
        self.reward.write({"kind": "access", "date_event": "2026-03-10 09:00:00"})
        with self.on("2026-03-10"):
            self.assertEqual(self._texts(self.reward), ["took place on 10 March"])
        with self.on("2026-03-09"):
            self.assertEqual(self._codes(self.reward), [])

    def test_forged_quantity_is_refused(self):
        for quantity in (0, -1, 1001, 10**12):
            with self.subTest(quantity):
                self.assertIn("limit", self._codes(self.reward, quantity=quantity))
                with self.assertRaises(UserError):
                    self._redeem(self.reward, quantity)

    def test_facts_from_a_remote_call_are_not_believed(self):
        self.reward.points = 5000
        forged = {"rows": {self.reward.id: {}}, "available": 10**9}
        reward = self.reward.with_context(loyalty_b2b_reward_facts=forged)
        self.assertEqual(self._codes(reward), ["points"])

    def test_page_of_rewards_takes_few_queries(self):
        tier = self.env["loyalty.b2b.tier"].create(
            {"name": "Gold", "program_id": self.program.id, "threshold": 9000}
        )
        rewards = self.reward
        for number in range(40):
            rewards |= self._create_reward(
                f"R{number}",
                points=100 + 50 * number,
                is_limited=number % 2,
                stock=number % 3,
                limit_number=number % 4,
                min_turnover=100 * (number % 5),
                tier_ids=tier if number % 7 == 0 else False,
            )
        self.env.flush_all()
        for count in (10, 40):
            with self.subTest(count):
                page = rewards[:count]
                page._get_refusals_by_reward(self.wallet, self.buyer)
                self.env.flush_all()
                page.invalidate_model()
                found = page.search([("id", "in", page.ids)])
                with self.assertQueryCount(6):
                    found._get_refusals_by_reward(self.wallet, self.buyer)
