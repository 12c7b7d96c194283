import base64

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .reward_common import RewardCommon


@tagged("post_install", "-at_install")
class TestRewardDialogs(RewardCommon):
    """What staff does with rewards: for a customer, and with what he used."""

    def _create_dialog(self, user, reward, **values):
        return (
            self.env["loyalty.b2b.redeem"]
            .with_user(user)
            .create({"wallet_id": self.wallet.id, "reward_id": reward.id, **values})
        )

    def test_salesperson_uses_points_of_his_customer_for_a_reward(self):
        reward = self._create_reward()
        form = Form(
            self.env["loyalty.b2b.redeem"]
            .with_user(self.salesperson)
            .with_context(default_wallet_id=self.wallet.id)
        )
        form.reward_id = reward
        form.contact_id = self.buyer
        form.quantity = 4
        self.assertEqual(form.refusal, "200 points short")
        form.quantity = 3
        self.assertFalse(form.refusal)
        self.assertEqual((form.points, form.points_after), (900, 100))
        dialog = form.save()
        action = dialog.action_redeem()
        use = self.env["loyalty.b2b.redemption"].browse(action["res_id"])
        self.assertEqual(use.user_id, self.salesperson)
        self.assertEqual(use.contact_id, self.buyer)
        self.assertEqual(dialog.action_redeem()["res_id"], use.id)
        self.assertWallet(available=100)

    def test_dialog_refuses_other_wallets_and_strangers(self):
        reward = self._create_reward()
        other = self._create_customer("Other", user_id=self.officer.id)
        wallet = self._enrol(other)
        with self.assertRaises(AccessError):
            self._create_dialog(
                self.salesperson, reward, wallet_id=wallet.id
            ).action_redeem()
        stranger = self.env["res.partner"].create({"name": "Eve"})
        dialog = self._create_dialog(self.salesperson, reward, contact_id=stranger.id)
        with self.assertRaisesRegex(UserError, "Eve does not belong"):
            dialog.action_redeem()

    def test_reward_on_an_order_needs_one_that_the_user_may_change(self):
        reward = self._create_reward(kind="discount", discount_amount=10.0)
        with self.assertRaisesRegex(UserError, "choose which"):
            self._create_dialog(self.salesperson, reward).action_redeem()
        order = self._create_order(
            [(self.product, 1, 100.0)], user_id=self.sales_all.id
        )
        with self.assertRaises(AccessError):
            self._create_dialog(self.salesperson, reward, order_id=order.id)

    def test_step_dialog_hands_over_and_cancels_with_a_reason(self):
        use = self._redeem(self._create_reward())
        steps = self.env["loyalty.b2b.redeem.step"].with_user(self.officer)
        values = {"redemption_ids": [Command.set(use.ids)]}
        steps.create({**values, "step": "fulfil", "note": "By\nhand"}).action_apply()
        self.assertEqual((use.state, use.fulfil_note), ("fulfilled", "By hand"))
        cancel = steps.create({**values, "step": "cancel", "note": " "})
        with self.assertRaisesRegex(UserError, "Give a reason"):
            cancel.action_apply()
        cancel.note = "It was broken"
        cancel.action_apply()
        self.assertEqual(use.state, "cancelled")
        self.assertWallet(available=1000)

    def test_step_dialog_refuses_who_is_neither_officer_nor_responsible(self):
        use = self._redeem(self._create_reward())
        steps = self.env["loyalty.b2b.redeem.step"].with_user(self.sales_all)
        for step in ("fulfil", "cancel"):
            dialog = steps.create(
                {
                    "redemption_ids": [Command.set(use.ids)],
                    "step": step,
                    "note": "Mine",
                }
            )
            with self.subTest(step), self.assertRaises(AccessError):
                dialog.action_apply()
        self.assertEqual(use.state, "done")

    def test_responsible_sees_what_he_hands_over_whoever_the_customer_is(self):
        other = self._create_customer("Other", user_id=self.officer.id)
        wallet = self._enrol(other)
        self._give_points(500, wallet)
        reward = self._create_reward(user_id=self.salesperson.id)
        use = self._redeem(reward, wallet=wallet, contact=self.env["res.partner"])
        self.assertEqual(use.activity_ids.user_id, self.salesperson)
        mine = use.with_user(self.salesperson)
        self.assertEqual(mine.reward_name, "Hotline hour")
        self.assertTrue(mine.can_handle)
        with self.assertRaises(AccessError):
            wallet.with_user(self.salesperson).read(["state"])
        form = Form(mine)
        self.assertEqual(form.state, "done")

    def test_officer_takes_a_handing_over_upon_himself(self):
        use = self._redeem(self._create_reward(user_id=self.sales_all.id))
        use.with_user(self.officer).action_take_over()
        self.assertEqual(use.responsible_id, self.officer)
        self.assertEqual(use.activity_ids.user_id, self.officer)
        with self.assertRaises(AccessError):
            use.with_user(self.sales_all).action_take_over()


@tagged("post_install", "-at_install")
class TestRewardCodesDialog(RewardCommon):
    """The dialog that takes codes into a pool: it shows first what it will do."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voucher = cls._create_reward("Fuel", 100, kind="voucher")

    def _import(self, user=None, **values):
        return (
            self.env["loyalty.b2b.codes"]
            .with_user(user or self.officer)
            .create({"reward_id": self.voucher.id, **values})
        )

    def test_dry_run_names_what_is_left_out_and_adds_nothing(self):
        other = self._create_reward("Cinema", 100, kind="voucher")
        self._create_codes(other, "CINEMA-0001")
        dialog = self._import(
            text="Code;Valid\nFUEL-0001;31.12.2090\nFUEL-0002\nFUEL-0001\n"
            "CINEMA-0001\nFUEL-0003;1.1.2020\nFUEL-0004;soon"
        )
        dialog.action_dry_run()
        self.assertEqual((dialog.count_new, dialog.count_fault), (2, 4))
        self.assertIn("Line 4 (…001): the same as line 2", dialog.report)
        self.assertIn("in the pool of “Cinema” already", dialog.report)
        self.assertIn("Line 6 (…003): ended on", dialog.report)
        self.assertIn("“soon” is no date", dialog.report)
        self.assertEqual(self.voucher.codes_left, 0)
        dialog.action_add()
        found = {(c.code, str(c.date_end)) for c in self.voucher.code_ids}
        self.assertEqual(found, {("FUEL-0001", "2090-12-31"), ("FUEL-0002", "False")})
        self.assertFalse(dialog.text)

    def test_list_is_read_as_pasted_text_is(self):
        content = base64.b64encode(b"kod\nA-1\nB-2\n")
        dialog = self._import(file=content, filename="codes.csv")
        dialog.date_end = "2090-05-01"
        dialog.action_add()
        self.assertEqual(self.voucher.codes_left, 2)
        self.assertEqual(len(set(self.voucher.code_ids.mapped("date_end"))), 1)
        with self.assertRaisesRegex(UserError, "nothing to add"):
            self._import(text="A-1\nB-2").action_add()

    def test_new_codes_take_the_warning_back(self):
        self.voucher.write({"codes_warn": 2, "user_id": self.officer.id})
        self._create_codes(self.voucher, "A-1")
        self._redeem(self.voucher)
        self.assertTrue(self.voucher.activity_ids)
        self._import(text="A-2").action_add()
        self.assertTrue(self.voucher.activity_ids)
        self._import(text="A-3").action_add()
        self.assertFalse(self.voucher.activity_ids)

    def test_empty_dialog_asks_for_codes(self):
        with self.assertRaisesRegex(UserError, "Paste the codes"):
            self._import(text="  ").action_dry_run()

    def test_only_codes_that_nobody_has_leave_the_pool(self):
        free, used = self._create_codes(self.voucher, "AAAAAAA1", "BBBBBBB2")
        used.redemption_id = self._redeem(self._create_reward())
        with self.assertRaisesRegex(UserError, "was handed out"):
            (free | used).with_user(self.officer).action_discard()
        free.with_user(self.officer).action_discard()
        self.assertEqual(self.voucher.code_ids, used)


@tagged("post_install", "-at_install")
class TestRewardRights(RewardCommon):
    """Users read, officers edit, nobody else sees anything."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.voucher = cls._create_reward("Fuel", 100, kind="voucher", cost=80.0)
        cls.code = cls._create_codes(cls.voucher, "FUEL-0001-9999")
        cls.auditor = cls._create_user("auditor", "group_loyalty_b2b_auditor")
        cls.portal = new_test_user(cls.env, "reward_portal", groups="base.group_portal")

    @classmethod
    def _create_user(cls, login, group):
        return new_test_user(
            cls.env,
            f"reward_{login}",
            groups=f"base.group_user,loyalty_b2b.{group}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def test_user_reads_rewards_without_their_cost_and_changes_none(self):
        reward = self.voucher.with_user(self.salesperson)
        self.assertEqual(
            reward.read(["name", "price_text", "codes_left"])[0]["codes_left"], 1
        )
        with self.assertRaises(AccessError):
            reward.read(["cost"])
        for act in (
            lambda: reward.write({"points": 1}),
            lambda: reward.copy(),
            lambda: reward.unlink(),
            lambda: reward.read(["code_ids"]),
        ):
            with self.subTest(act), self.assertRaises(AccessError):
                act()

    def test_officer_edits_rewards_and_nobody_creates_codes_past_the_dialog(self):
        reward = self.voucher.with_user(self.officer)
        reward.write({"points": 200, "cost": 90.0})
        with self.assertRaises(AccessError):
            self.env["loyalty.b2b.reward.code"].with_user(self.officer).create(
                {"reward_id": reward.id, "code": "X"}
            )
        with self.assertRaises(AccessError):
            self.code.with_user(self.officer).write({"redemption_id": False})

    def test_auditor_sees_codes_masked(self):
        code = self.code.with_user(self.auditor)
        self.assertEqual(code.read(["code_masked"])[0]["code_masked"], "…999")
        for act in (
            lambda: code.read(["code"]),
            lambda: code.action_discard(),
            lambda: code.search([("code", "=like", "F%")]),
        ):
            with self.subTest(act), self.assertRaises(AccessError):
                act()

    def test_rewards_of_other_companies_are_hidden(self):
        company = self.env["res.company"].create({"name": "Other"})
        user = new_test_user(
            self.env,
            "reward_foreign",
            groups="sales_team.group_sale_salesman_all_leads,"
            "loyalty_b2b.group_loyalty_b2b_officer",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        for record in (self.voucher, self.code):
            with self.subTest(record._name):
                self.assertFalse(record.with_user(user).search([]) & record)
                with self.assertRaises(AccessError):
                    record.with_user(user).read(["display_name"])

    def test_portal_user_gets_nothing(self):
        use = self._redeem(self._create_reward())
        for record in (self.voucher, self.code, use):
            with self.subTest(record._name), self.assertRaises(AccessError):
                record.with_user(self.portal).read(["id"])
        for name in (
            "loyalty.b2b.redeem",
            "loyalty.b2b.codes",
            "loyalty.b2b.redeem.step",
        ):
            with self.subTest(name), self.assertRaises(AccessError):
                self.env[name].with_user(self.portal).create({})
        for verb in (
            "action_confirm_reward",
            "action_fulfil",
            "action_cancel_reward",
            "action_take_over",
        ):
            with self.subTest(verb), self.assertRaises(AccessError):
                getattr(use.with_user(self.portal), verb)()
