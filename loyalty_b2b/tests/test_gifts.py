from unittest.mock import patch

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from .gift_common import GiftCommon


@tagged("post_install", "-at_install")
class TestGifts(GiftCommon):
    """Personal gifts: to a named person, within limits, agreed to, by two."""

    # === WHAT IS WRITTEN === #

    def test_a_gift_uses_points_and_stands_in_the_register(self):
        use = self._give()
        self.assertEqual((use.state, use.points), ("done", 10))
        self.assertWallet(available=990)
        gift = use.gift_ids
        self.assertEqual(
            (gift.name, gift.partner_id, gift.owner_id, gift.function, gift.status),
            ("Anna Nowak", self.anna, self.customer, "Buyer", "employee"),
        )
        self.assertEqual((gift.value, gift.cost, gift.quantity), (40.0, 30.0, 1))
        self.assertEqual(
            (gift.consent_name, gift.consent_how), ("Ewa Zielińska", "written")
        )
        self.assertEqual((gift.user_id, gift.state), (self.salesperson, "done"))
        self.assertEqual(gift.reason, "Ten years together")

    def test_a_name_can_be_typed(self):
        gift = self._give(self.env["res.partner"], name=" Piotr  Kot ").gift_ids
        self.assertFalse(gift.partner_id)
        self.assertEqual((gift.name, gift.name_key), ("Piotr  Kot", "kot piotr"))
        self.assertEqual(gift.owner_id, self.customer)

    def test_values_are_in_the_currency_of_the_seller(self):
        other = self.env.ref("base.EUR")
        other.active = True
        self.env["res.currency.rate"].search([("currency_id", "=", other.id)]).unlink()
        self.env["res.currency.rate"].create(
            {
                "currency_id": other.id,
                "company_id": self.company.id,
                "name": "2020-01-01",
                "rate": 0.5,
            }
        )
        self.program.sudo().currency_id = other
        gift = self._give().gift_ids
        self.assertEqual(gift.currency_id, self.company.currency_id)
        self.assertAlmostEqual(gift.value, 80.0)

    def test_two_clicks_are_one_gift(self):
        dialog = self._prepare()
        first, second = dialog.action_give(), dialog.action_give()
        self.assertEqual(first["res_id"], second["res_id"])
        self.assertWallet(available=990)

    def test_neither_history_nor_ledger_names_the_recipient(self):
        self.gift.value = 150.0
        use = self._give()
        use.approval_ids.with_user(self.second)._answer("accepted", answer="Fine")
        texts = [entry.note or "" for entry in use.entry_ids]
        texts += [message.body for message in use.message_ids | self.wallet.message_ids]
        self.assertTrue(any("Fountain pen" in text for text in texts))
        for text in texts:
            self.assertNotIn("Nowak", text)
            self.assertNotIn("Ten years", text)

    # === LIMITS === #

    def test_a_fourth_gift_in_the_year_is_refused(self):
        for _number in range(3):
            self._give()
        with self.assertRaisesRegex(UserError, "3 of 3 gifts"):
            self._give()
        self.assertWallet(available=970)

    def test_the_dialog_says_what_is_left_before_the_refusal(self):
        form = Form(
            self.env["loyalty.b2b.gift.new"]
            .with_user(self.salesperson)
            .with_context(default_wallet_id=self.wallet.id)
        )
        form.reward_id = self.gift
        form.partner_id = self.anna
        self.assertIn("0 of 3 gifts", form.left)
        self.assertFalse(form.refusal)
        for number in range(1, 4):
            self._give()
            form.quantity = 2
            form.quantity = 1
            self.assertIn(f"{number} of 3 gifts", form.left)
        self.assertIn("3 of 3 gifts", form.refusal)
        self.assertIn(
            "$\N{NO-BREAK SPACE}80.00 of $\N{NO-BREAK SPACE}200.00", form.left
        )

    def test_a_person_counts_once_however_the_name_is_written(self):
        nobody = self.env["res.partner"]
        self._give()
        self._give(nobody, name="NOWAK Anna")
        self._give(nobody, name="  anna   nowak ")
        for recipient, name in ((self.anna, ""), (nobody, "Ánna Nowak")):
            with self.subTest(name=name), self.assertRaisesRegex(UserError, "3 of 3"):
                self._give(recipient, name=name)
        self._give(nobody, name="Anna Nowakowska")

    def test_several_at_once_count_each(self):
        self._give(quantity=2)
        with self.assertRaisesRegex(UserError, "2 of 3"):
            self._give(quantity=2)
        with self.assertRaisesRegex(UserError, "at most 3"):
            self._give(self.ewa, quantity=4)

    def test_the_next_year_begins_anew(self):
        with self.on("2026-12-31"):
            for _number in range(3):
                self._give()
        with self.on("2027-01-01"):
            self.assertEqual(self._give().gift_ids.year, "2027")

    def test_the_value_for_a_person_is_limited(self):
        self.gift.value = 90.0
        self._give()
        self._give()
        with self.assertRaisesRegex(UserError, "20.00.* is left.*90.00"):
            self._give()

    def test_the_value_for_a_customer_is_limited(self):
        self.gift.value = 100.0
        for name in ("A A", "B B", "C C", "D D", "E E"):
            self._give(self.env["res.partner"], name=name)
        with self.assertRaisesRegex(UserError, "people of Hurtownia Wisła"):
            self._give()

    def test_cancelled_gifts_count_no_more(self):
        uses = [self._give() for _number in range(3)]
        uses[0]._cancel_reward("Sent back")
        self.assertEqual(uses[0].gift_ids.state, "cancelled")
        self._give()
        with self.assertRaisesRegex(UserError, "3 of 3"):
            self._give()

    def test_gifts_that_wait_for_an_answer_have_their_place(self):
        self.gift.value = 60.0
        self.company.loyalty_b2b_gift_threshold = 0.0
        uses = [self._give() for _number in range(3)]
        self.assertEqual({use.state for use in uses}, {"approve"})
        with self.assertRaisesRegex(UserError, "3 of 3"):
            self._give()

    def test_a_merge_takes_the_gifts_along(self):
        other = self._enrol(self._create_customer("Druga", "7010202000"))
        gift = self._give().gift_ids
        other._merge(self.wallet)
        self.assertEqual(gift.wallet_id, other)

    # === WHO GETS NONE === #

    def test_public_officials_get_none(self):
        dialog = self._prepare(status="public")
        self.assertIn("public sector", dialog.refusal)
        with self.assertRaisesRegex(UserError, "public sector"):
            dialog.action_give()

    def test_people_of_public_customers_get_none(self):
        tags = self.env["res.partner.category"]
        public = tags.create({"name": "Public sector"})
        town = tags.create({"name": "Town hall", "parent_id": public.id})
        self.company.loyalty_b2b_gift_public_tag_ids = public
        for partner in (self.customer, self.anna):
            with self.subTest(partner=partner.name):
                partner.category_id = town
                with self.assertRaisesRegex(UserError, "public sector"):
                    self._give()
                partner.category_id = False
        self.customer.category_id = town
        refusals = self.gift._get_refusals(self.wallet)
        self.assertEqual([refusal.code for refusal in refusals], ["public"])

    def test_strangers_get_none(self):
        stranger = self._create_contact("Obca", parent_id=False)
        other = self._create_customer("Budmax", "7010202000")
        for values in (
            {"recipient": stranger},
            {"recipient": self.env["res.partner"], "name": "X", "owner_id": other.id},
        ):
            with self.subTest(values=values):
                with self.assertRaisesRegex(UserError, "does not belong"):
                    self._give(**values)

    def test_nobody_agrees_to_a_gift_to_himself_but_an_owner(self):
        with self.assertRaisesRegex(UserError, "gift to himself"):
            self._give(self.ewa)
        self.assertEqual(self._give(self.ewa, status="owner").state, "done")

    def test_what_is_missing_is_said(self):
        for missing, text in (
            ("consent_name", "has to agree"),
            ("consent_date", "has to agree"),
            ("consent_how", "has to agree"),
            ("function", "what Anna Nowak is"),
            ("status", "what Anna Nowak is"),
            ("reason", "what the gift is for"),
        ):
            with self.subTest(missing=missing), self.assertRaisesRegex(UserError, text):
                self._give(**{missing: False})
        with self.assertRaisesRegex(UserError, "recipient"):
            self._give(self.env["res.partner"])
        with self.assertRaisesRegex(UserError, "lies ahead"):
            self._give(consent_date="2099-01-01")
        self.assertWallet(available=1000)

    # === SWITCHED OFF === #

    def test_off_by_default_and_not_in_the_choice(self):
        company = self.env["res.company"].create({"name": "New"})
        self.assertFalse(company.loyalty_b2b_gifts)
        rewards = self.env["loyalty.b2b.reward"]

        def get_kinds():
            return dict(rewards.fields_get(["kind"])["kind"]["selection"])

        self.assertIn("gift", get_kinds())
        self.company.loyalty_b2b_gifts = False
        self.assertNotIn("gift", get_kinds())
        self.assertIn("service", get_kinds())

    def test_nothing_is_given_where_gifts_are_off(self):
        self.company.loyalty_b2b_gifts = False
        with self.assertRaisesRegex(ValidationError, "switched off"):
            self._create_reward("Watch", 10, kind="gift", value=1.0, cost=1.0)
        with self.assertRaisesRegex(UserError, "not offered"):
            self._give()

    def test_a_gift_has_a_value_and_a_cost(self):
        for values in ({"value": 0.0}, {"cost": 0.0}):
            with self.subTest(values=values), self.assertRaises(ValidationError):
                self.gift.write(values)

    def test_only_administrators_say_what_a_gift_is_worth(self):
        for values in ({"value": 1.0}, {"cost": 1.0}):
            with self.subTest(values=values), self.assertRaises(AccessError):
                self.gift.with_user(self.officer).write(values)
        self.gift.with_user(self.officer).name = "Pen"
        boss = self._create_staff("boss", "loyalty_b2b.group_loyalty_b2b_admin")
        self.gift.with_user(boss).value = 50.0
        self.assertEqual(self.gift.value, 50.0)

    def test_one_gift_that_fails_does_not_stop_the_daily_steps(self):
        first = self._give().gift_ids
        second = self._give(self.env["res.partner"], name="Piotr Kot").gift_ids
        (first | second).date = "2001-01-01"
        gifts, forget = type(first), type(first)._forget_names

        def fail(gift, today):
            forget(gift, today)
            if gift == first:
                raise ValueError

        name = "odoo.addons.loyalty_b2b.models.program_gift"
        with patch.object(gifts, "_forget_names", fail), mute_logger(name):
            self.assertTrue(self.program._daily_forget_gifts())
        self.assertFalse(first.date_forgotten)
        self.assertTrue(second.date_forgotten)

    def test_gifts_have_limits_where_they_are_on(self):
        for name in ("count", "person_limit", "company_limit", "years"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.company[f"loyalty_b2b_gift_{name}"] = 0

    # === SECOND PERSON === #

    def _ask(self, user=None):
        self.gift.value = 150.0
        return self._give(user=user).approval_ids

    def test_above_the_threshold_a_second_person_agrees(self):
        question = self._ask()
        use = question.redemption_id
        self.assertEqual((question.step, use.state), ("gift", "approve"))
        self.assertWallet(available=1000)
        question.with_user(self.second)._answer("accepted")
        self.assertEqual(use.state, "done")
        self.assertEqual(use.gift_ids.approved_by, self.second.name)
        self.assertWallet(available=990)

    def test_who_entered_the_gift_does_not_agree_to_it(self):
        question = self._ask(self.officer)
        self.assertFalse(question._can_answer(self.officer))
        with self.assertRaises(UserError):
            question._check_can_answer(self.officer)
        self.assertFalse(question._can_answer(self.sales_all))
        self.assertTrue(question._can_answer(self.second))

    def test_without_a_second_officer_nothing_is_asked(self):
        group = self.env.ref("loyalty_b2b.group_loyalty_b2b_officer")
        root = self.env.ref("base.user_root")
        others = group.all_user_ids - self.officer - root
        others.with_user(root).write({"active": False})
        with self.assertRaisesRegex(UserError, "second officer"):
            self._ask(self.officer)

    def test_limits_hold_when_the_answer_comes(self):
        question = self._ask()
        self.company.loyalty_b2b_gift_person_limit = 140.0
        with self.assertRaisesRegex(UserError, "may be worth"):
            question.with_user(self.second)._answer("accepted")
        self.assertFalse(question.verdict)
        self.assertWallet(available=1000)

    def test_a_gift_counts_in_the_year_in_which_it_is_given(self):
        with self.on("2026-12-31"):
            question = self._ask()
        with self.on("2027-01-01"):
            question.with_user(self.second)._answer("accepted")
        self.assertEqual(question.redemption_id.gift_ids.year, "2027")

    # === BY RPC === #

    def test_a_gift_is_not_given_without_its_dialog(self):
        with self.assertRaises(UserError):
            self.gift._redeem(self.wallet, self.anna, reason="Quick")
        self.assertWallet(available=1000)

    @mute_logger("odoo.models.unlink")
    def test_nobody_writes_the_register(self):
        gift = self._give().gift_ids
        for user in (self.salesperson, self.second, self.auditor, self.env.user):
            row = gift.with_user(user)
            for call in (
                lambda row=row: row.write({"value": 1.0}),
                lambda row=row: row.unlink(),
                lambda row=row: row.create({"redemption_id": gift.redemption_id.id}),
            ):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    call()

    def test_only_officers_and_auditors_read_the_register(self):
        gift = self._give().gift_ids
        for user in (self.second, self.auditor):
            self.assertTrue(gift.with_user(user).read(["name", "value"]))
        for user in (self.salesperson, self.sales_all):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                gift.with_user(user).read(["name"])

    def test_the_dialog_tells_nothing_of_other_peoples_wallets(self):
        self.customer.user_id = self.sales_all
        for name in ("available", "left", "owner_id", "text", "wallet_id"):
            with self.subTest(name=name), self.assertRaises(AccessError):
                dialog = self._prepare()
                self.env.flush_all()
                self.env.invalidate_all()
                dialog.read([name])

    def test_the_dialog_tells_nothing_of_other_customers(self):
        stranger = self._create_customer("Cudzy", "7010202000")
        dialog = self._prepare(
            self.env["res.partner"], name="Anna Nowak", owner_id=stranger.id
        )
        self.assertEqual((dialog.left, dialog.refusal), ("", ""))
        with self.assertRaisesRegex(UserError, "does not belong"):
            dialog.action_give()

    def test_other_peoples_wallets_and_dialogs_are_refused(self):
        self.customer.user_id = self.sales_all
        with self.assertRaises(AccessError):
            self._prepare().action_give()
        dialog = self._prepare(user=self.sales_all)
        with self.assertRaises(AccessError):
            dialog.with_user(self.salesperson).read(["left"])
        with self.assertRaises(AccessError):
            dialog.with_user(self.salesperson).action_give()

    def test_another_reward_is_no_gift(self):
        service = self._create_reward()
        with self.assertRaisesRegex(UserError, "no personal gift"):
            self._give(reward_id=service.id)
