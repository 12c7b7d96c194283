from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .message_common import LoyaltyB2bMessageCommon


@tagged("post_install", "-at_install")
class TestTransfer(LoyaltyB2bMessageCommon):
    """Points go to a company of another tax id: asked by one, confirmed by another."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.second = cls._create_user("second", "loyalty_b2b.group_loyalty_b2b_officer")
        cls.admin = cls._create_user("admin", "loyalty_b2b.group_loyalty_b2b_admin")
        cls.auditor = cls._create_user("audit", "account.group_account_readonly")
        cls.successor = cls._create_customer("Wisła sp. z o.o.", "5252344078")
        cls._give_points(300, date_expiry="2099-05-01")
        cls._give_points(100, date_expiry="2098-05-01")
        cls._give_points(600, date_expiry=None)

    @classmethod
    def _create_user(cls, name, groups):
        return new_test_user(
            cls.env,
            f"transfer_{name}",
            groups=f"base.group_user,sales_team.group_sale_salesman_all_leads,{groups}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _prepare(self, user=None, **values):
        dialogs = self.env["loyalty.b2b.transfer.new"].with_user(user or self.officer)
        return dialogs.create(
            {
                "wallet_id": self.wallet.id,
                "partner_id": self.successor.id,
                "reason": "New legal form",
                **values,
            }
        )

    def _ask(self, user=None, **values):
        action = self._prepare(user, **values).action_ask()
        return self.env["loyalty.b2b.transfer"].browse(action["res_id"])

    def _confirm(self, transfer, user=None):
        return transfer.with_user(user or self.second).action_confirm()

    def _get_target(self):
        return self.successor.loyalty_b2b_participant_ids.wallet_id

    # === WHAT MOVES === #

    def test_asking_moves_nothing_and_confirming_moves_all(self):
        transfer = self._ask()
        self.assertEqual(transfer.state, "asked")
        self.assertWallet(available=1000)
        self.assertFalse(self._get_target())
        self._confirm(transfer)
        self.assertEqual((transfer.state, transfer.points), ("done", 1000))
        self.assertEqual(transfer.target_id, self._get_target())
        self.assertWallet(available=0, balance=0)
        self.assertWallet(self._get_target(), available=1000)
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def test_a_merge_refuses_what_waits_for_a_second_person(self):
        transfer = self._ask()
        self._enrol(self._create_customer("Survivor", "7010001454"))._merge(self.wallet)
        self.assertEqual(transfer.state, "refused")
        self.assertFalse(transfer.activity_ids)

    def test_last_days_and_origin_are_kept(self):
        self._confirm(self._ask())
        before = self.wallet.entry_ids.filtered(lambda entry: entry.kind == "opening")
        after = self._get_target().entry_ids
        self.assertEqual(
            {(int(e.points), e.date_expiry, e.date_available) for e in after},
            {(int(e.points), e.date_expiry, e.date_available) for e in before},
        )
        self.assertEqual(after.root_entry_id, before)
        self.assertEqual(set(after.mapped("kind")), {"transfer"})

    def test_a_part_takes_what_ends_first(self):
        self._confirm(self._ask(is_all=False, points=250))
        ends = {
            str(entry.date_expiry): int(entry.points)
            for entry in self._get_target().entry_ids
        }
        self.assertEqual(ends, {"2098-05-01": 100, "2099-05-01": 150})
        self.assertWallet(available=750)

    def test_holds_and_waiting_points_stay(self):
        self.wallet._hold(200, "hold:1")
        self.program.activation = "payment"
        self._create_invoice_of([70.0])
        self._confirm(self._ask())
        self.assertWallet(available=0, held=200, waiting=70)
        self.assertWallet(self._get_target(), available=800, waiting=0)

    def test_both_histories_say_who_and_why(self):
        self._confirm(self._ask())
        for wallet in (self.wallet, self._get_target()):
            entry = wallet.entry_ids.filtered(lambda e: e.kind == "transfer")[0]
            self.assertIn("New legal form", entry.note)
            self.assertIn(self.successor.name, entry.note)
            body = wallet.message_ids[0].body
            for text in (self.officer.name, self.second.name, "New legal form"):
                self.assertIn(text, body)

    def test_a_successor_is_not_welcomed_again(self):
        self.program.welcome_points = 50
        self._confirm(self._ask())
        self.assertWallet(self._get_target(), available=1000)

    def test_persons_do_not_move(self):
        self.wallet._grant(self.anna, "administers")
        self._confirm(self._ask())
        self.assertTrue(self.wallet._get_person(self.anna))
        self.assertFalse(self._get_target().person_ids)

    def test_the_people_of_both_companies_are_told(self):
        reader = self._create_reader("ewa", self.successor)
        self._enrol(self.successor)
        with self.on("2026-06-09"):
            self._confirm(self._ask())
        told = self._send("2026-06-10")
        self.assertEqual(told.partner_id, self.anna | reader)
        for digest in told:
            self.assertIn("New legal form", digest.body)

    # === WHO === #

    def test_who_asks_does_not_confirm(self):
        for user in (self.officer, self.admin):
            with self.subTest(user=user.login):
                transfer = self._ask(user)
                self.assertFalse(transfer.with_user(user).may_decide)
                with self.assertRaisesRegex(UserError, "yourself"):
                    self._confirm(transfer, user)
                transfer.with_user(user).action_refuse()
        self.assertWallet(available=1000)

    def test_users_and_auditors_neither_ask_nor_decide(self):
        transfer = self._ask()
        for user in (self.salesperson, self.sales_all, self.auditor):
            with self.subTest(user=user.login):
                with self.assertRaises(AccessError):
                    self._prepare(user).action_ask()
                with self.assertRaises(AccessError):
                    self._confirm(transfer, user)
                with self.assertRaises(AccessError):
                    transfer.with_user(user).action_refuse()
        self.assertTrue(transfer.with_user(self.auditor).read(["reason"]))
        with self.assertRaises(AccessError):
            transfer.with_user(self.sales_all).read(["reason"])

    def test_nobody_writes_a_transfer_by_rpc(self):
        transfer = self._ask().with_user(self.admin)
        for call in (
            lambda: transfer.write({"points": 1}),
            lambda: transfer.write({"user_id": self.officer.id}),
            lambda: transfer.unlink(),
            lambda: transfer.create({"wallet_id": self.wallet.id}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_others_are_asked_and_the_asking_ends(self):
        transfer = self._ask()
        asked = transfer.activity_ids.user_id
        self.assertIn(self.second, asked)
        self.assertNotIn(self.officer, asked)
        self._confirm(transfer)
        self.assertFalse(transfer.activity_ids)

    def test_without_a_second_officer_nothing_is_asked(self):
        group = self.env.ref("loyalty_b2b.group_loyalty_b2b_officer")
        root = self.env.ref("base.user_root")
        others = group.all_user_ids - self.officer - root
        others.with_user(root).write({"active": False})
        with self.assertRaisesRegex(UserError, "second officer"):
            self._ask()

    # === WHAT STANDS AGAINST IT === #

    def test_a_balance_that_shrank_is_said(self):
        transfer = self._ask(is_all=False, points=900)
        self.wallet._hold(300, "hold:1")
        with self.assertRaisesRegex(UserError, "900 .* has only 700 left"):
            self._confirm(transfer)
        self.assertWallet(available=700)

    def test_all_means_what_is_there_at_the_end(self):
        transfer = self._ask()
        self.wallet._hold(300, "hold:1")
        self._confirm(transfer)
        self.assertEqual(transfer.points, 700)

    def test_nothing_left_is_said(self):
        transfer = self._ask()
        self.wallet._hold(1000, "hold:1")
        with self.assertRaisesRegex(UserError, "nothing left to move"):
            self._confirm(transfer)

    def test_a_decision_is_final(self):
        transfer = self._ask()
        self._confirm(transfer)
        self.second.name = "Ewa Second"
        for step in ("action_confirm", "action_refuse"):
            with self.assertRaisesRegex(UserError, "Ewa Second has decided"):
                getattr(transfer.with_user(self.admin), step)()
        self.assertWallet(self._get_target(), available=1000)

    def test_a_wallet_has_one_open_transfer(self):
        self._ask()
        with self.assertRaisesRegex(UserError, "waits for a second person"):
            self._ask()

    def test_companies_of_the_same_wallet_are_sent_to_it(self):
        namesake = self._create_customer("Wisła Bis", "PL 526-000-12-46")
        for partner in (self.customer, namesake):
            with self.subTest(partner=partner.name):
                with self.assertRaisesRegex(UserError, "shares this wallet"):
                    self._ask(partner_id=partner.id)

    def test_reason_and_points_are_needed(self):
        for values in (
            {"reason": " "},
            {"is_all": False, "points": 0},
            {"is_all": False, "points": -5},
            {"is_all": False, "points": 10**15},
        ):
            with self.subTest(values=values), self.assertRaises(UserError):
                self._ask(**values)

    def test_a_branch_of_the_same_company_is_not_enrolled_for_nothing(self):
        branch = self._create_customer("Oddział", parent_id=self.customer.id)
        transfer = self._ask(partner_id=branch.id)
        with self.assertRaisesRegex(UserError, "shares its wallet"):
            self._confirm(transfer)
        self.assertWallet(available=1000)

    def test_a_closed_programme_moves_nothing(self):
        transfer = self._ask()
        self.program.sudo().state = "closed"
        with self.assertRaisesRegex(UserError, "not running"):
            self._confirm(transfer)

    # === WHAT IS SAID BEFORE === #

    def test_the_dialog_says_what_will_happen(self):
        self.wallet._hold(50, "hold:1")
        dialog = Form(
            self.env["loyalty.b2b.transfer.new"]
            .with_user(self.officer)
            .with_context(default_wallet_id=self.wallet.id)
        )
        self.assertFalse(dialog.plan)
        dialog.partner_id = self.successor
        plan = dialog.plan.replace("\N{NO-BREAK SPACE}", " ")
        for text in (
            "950 points (worth",
            "50 until 05/01/2098, 300 until 05/01/2099, 600 without an end",
            "is enrolled",
            "50 held by quotations",
            "Persons and their rights stay",
        ):
            self.assertIn(text, plan)
        dialog.is_all = False
        dialog.points = 960
        self.assertIn("950", dialog.plan)
        self.assertNotIn("Persons", dialog.plan)
