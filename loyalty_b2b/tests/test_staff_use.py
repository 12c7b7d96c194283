from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged
from odoo.tools import mute_logger

from odoo.addons.loyalty_b2b.models import redemption_approval

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestStaffUse(ApprovalCommon):
    """Points that our staff uses for customers, and questions our staff answers."""

    def _wizard(self, user=None, **values):
        wizard = self.env["loyalty.b2b.use.points"].with_user(user or self.salesperson)
        return wizard.create({"order_id": self.order.id, "points": 2000, **values})

    def _staff_wish(self, points=2000, user=None, **values):
        self._wizard(
            user, points=points, contact_id=self.buyer.partner_id.id, **values
        ).action_apply()
        return self.wallet.redemption_ids.sorted("id")[-1]

    def _answer(self, wish, user, verdict, points=0, answer=""):
        """Answer as one of ours does, by the buttons."""
        wish = wish.with_user(user)
        verbs = {"accepted": "accept", "reduced": "reduce", "refused": "refuse"}
        action = getattr(wish, f"action_{verbs[verdict]}_wish")()
        if action is True:
            return
        dialogs = self.env[action["res_model"]].with_user(user)
        dialog = dialogs.with_context(**action["context"]).create(
            {"points": points, "answer": answer}
        )
        dialog.action_answer()

    # === THREE MODES === #

    def test_on_record_the_administrators_are_told_at_once(self):
        wish = self._staff_wish(reason="For the fair")
        self.assertEqual(wish.state, "reserved")
        text = self._read_mail(self.boss)
        for words in (self.salesperson.name, "Ewa Buk", "2,000 points", "For the fair"):
            self.assertIn(words, text)
        self.assertFalse(self._mails_to(self.buyer))
        self.assertIn("Asked by Ewa Buk: For the fair", wish.entry_ids.note)

    def test_naming_the_administrator_as_asking_silences_nobody(self):
        boss = self.boss.partner_id
        self._wizard(contact_id=boss.id).action_apply()
        self.assertIn(self.salesperson.name, self._read_mail(self.boss))
        self.program.staff_use = "confirm"
        wish = self._wish_for(boss)
        self.assertEqual((wish.state, wish.approval_step), ("approve", "customer"))
        self.assertTrue(wish.approval_ids._is_decided_by(boss))

    def test_one_person_does_not_flood_who_is_asked(self):
        with patch.object(redemption_approval, "MOST_WAITING", 1):
            self._wish()
            other = self._create_order([(self.product, 1, 100.0)])
            with self.assertRaisesRegex(UserError, "wait for an answer already"):
                self._wish(order=other)

    def test_whom_the_enterer_named_does_not_agree(self):
        self.program.staff_use = "confirm"
        boss = self.boss.partner_id
        self.wallet._revoke(boss, by=self.customer)
        self.wallet._grant(boss, "administers", by=self.salesperson.partner_id)
        wish = self._wish_for(self.buyer.partner_id)
        self.assertEqual(wish.approval_step, "sales")
        self.assertFalse(wish.with_user(self.salesperson).can_answer)
        wish._withdraw()
        # as well as with anybody else's
        wish = self._wish_for(self.buyer.partner_id, user=self.officer)
        self.assertEqual(wish.approval_step, "customer")
        self.program.staff_use = "record"
        before = len(self._mails_to(self.boss))
        self._wish_for(self.buyer.partner_id)
        self.assertEqual(len(self._mails_to(self.boss)), before + 1)

    def _wish_for(self, contact, user=None):
        order = self._create_order([(self.product, 1, 100.0)])
        values = {"order_id": order.id, "contact_id": contact.id}
        self._wizard(user, **values).action_apply()
        return self.wallet.redemption_ids.sorted("id")[-1]

    def test_administrators_are_not_told_what_they_use_themselves(self):
        self._wish(user=self.boss)
        self.assertFalse(self._mails_to(self.boss))

    def test_after_confirmation_the_customer_is_asked(self):
        self.program.staff_use = "confirm"
        wish = self._staff_wish()
        self.assertEqual((wish.state, wish.approval_step), ("approve", "customer"))
        self.assertIn("asks you to confirm it", self._read_mail(self.boss))
        wish.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertEqual(wish.state, "reserved")
        self.assertEqual(len(self._mails_to(self.boss)), 1)

    def test_without_anybody_to_confirm_a_second_of_ours_agrees(self):
        self.program.staff_use = "confirm"
        self.wallet._revoke(self.boss.partner_id, "Left", by=self.customer)
        wish = self._staff_wish()
        self.assertEqual(wish.approval_step, "sales")
        self.assertIn(self.officer, wish.activity_ids.user_id)
        self.assertNotIn(self.salesperson, wish.activity_ids.user_id)
        with self.assertRaisesRegex(UserError, "entered it yourself"):
            self._answer(wish, self.salesperson, "accepted")
        self._answer(wish, self.officer, "accepted")
        self.assertEqual(wish.state, "reserved")

    def test_not_at_all(self):
        self.program.staff_use = "none"
        self.assertIn("only customers use their points", self._wizard().refusal)
        with self.assertRaisesRegex(UserError, "only customers use their points"):
            self._staff_wish()
        self.assertEqual(self._wish(user=self.boss).state, "reserved")

    def test_the_dialog_says_what_will_happen(self):
        wizard = self._wizard()
        self.assertIn("On record: Jan Boss", wizard.plan)
        self.assertFalse(wizard.asks)
        self.program.staff_use = "confirm"
        wizard = self._wizard()
        self.assertIn("Jan Boss at the customer is asked to confirm", wizard.plan)
        self.assertTrue(wizard.asks)
        self.wallet._revoke(self.boss.partner_id, "Left", by=self.customer)
        self.assertIn("Sales has to agree first", self._wizard().plan)

    def test_the_dialog_as_a_form(self):
        wizards = self.env["loyalty.b2b.use.points"].with_user(self.salesperson)
        with Form(wizards.with_context(default_order_id=self.order.id)) as form:
            form.points = 1500
            form.contact_id = self.buyer.partner_id
            form.reason = "For the fair"
            self.assertIn("On record", form.plan)
        form.record.action_apply()
        self.assertEqual(self.wallet.redemption_ids.reason, "For the fair")

    # === QUESTIONS TO OUR STAFF === #

    def _sales_wish(self):
        self.program.sales_approval = "always"
        return self._wish(user=self.boss)

    def test_the_account_manager_answers(self):
        wish = self._sales_wish()
        self.assertTrue(wish.with_user(self.salesperson).can_answer)
        self._answer(wish, self.salesperson, "reduced", 1500, "As agreed")
        self.assertEqual((wish.state, wish.points), ("reserved", 1500))
        self.assertIn("1,500 points", self._read_mail(self.boss))
        with self.assertRaisesRegex(UserError, "already answered by"):
            self._answer(wish, self.officer, "refused", answer="No")

    def test_others_do_not_answer(self):
        wish = self._sales_wish()
        self.assertFalse(wish.with_user(self.sales_all).can_answer)
        for verdict in ("accepted", "reduced", "refused"):
            with self.subTest(verdict=verdict), self.assertRaises(UserError):
                self._answer(wish, self.sales_all, verdict, 5, "No")
        other = self.salesperson.copy({"login": "other", "name": "Other"})
        with self.assertRaises(AccessError):
            self._answer(wish, other, "accepted")
        for user in (self.boss, self.stranger):
            for verb in ("accept", "reduce", "refuse", "withdraw"):
                with self.subTest(user=user.login, verb=verb):
                    act = getattr(wish.with_user(user), f"action_{verb}_wish")
                    self.assertRaises(AccessError, act)
        self.assertFalse(wish.approval_ids.verdict)

    def test_a_dialog_of_another_answers_nothing(self):
        wish = self._sales_wish()
        dialog = self.env["loyalty.b2b.approval.answer"].create(
            {"approval_id": wish.approval_ids.id, "verdict": "accepted"}
        )
        with self.assertRaises(UserError):
            dialog.with_user(self.sales_all).action_answer()
        dialog = dialog.with_user(self.sales_all).create(
            {"approval_id": wish.approval_ids.id, "verdict": "accepted"}
        )
        with self.assertRaises(UserError):
            dialog.action_answer()
        self.assertFalse(wish.approval_ids.verdict)

    def test_refusing_needs_a_reason(self):
        wish = self._sales_wish()
        with self.assertRaisesRegex(UserError, "Say why"):
            self._answer(wish, self.salesperson, "refused", answer=" ")
        self._answer(wish, self.salesperson, "refused", answer="Overdue")
        self.assertEqual(wish.state, "cancelled")
        self.assertFalse(wish.activity_ids)

    def test_an_officer_confirms_for_the_customer_with_a_reason(self):
        wish = self._wish()
        with self.assertRaisesRegex(UserError, "Only a loyalty officer"):
            self._answer(wish, self.salesperson, "accepted")
        with self.assertRaisesRegex(UserError, "Say why"):
            self._answer(wish, self.officer, "accepted")
        self._answer(wish, self.officer, "accepted", answer="Jan told me on the phone")
        self.assertEqual(wish.state, "reserved")
        self.assertIn("has answered a wish in your place", self._read_mail(self.boss))
        self.assertIn("for the customer: Jan told me", wish.entry_ids.note)

    def test_who_entered_a_wish_withdraws_it(self):
        self.program.staff_use = "confirm"
        wish = self._staff_wish()
        with self.assertRaises(UserError):
            wish.with_user(self.officer).action_withdraw_wish()
        wish.with_user(self.salesperson).action_withdraw_wish()
        self.assertEqual(wish.state, "cancelled")

    def test_the_list_of_what_waits_for_me(self):
        wish = self._sales_wish()
        question = wish.approval_ids
        approvals = self.env["loyalty.b2b.approval"]
        for user, expected in (
            (self.salesperson, question),
            (self.officer, question),
            (self.sales_all, approvals),
        ):
            with self.subTest(user=user.login):
                mine = approvals.with_user(user).search([("is_mine", "=", True)])
                self.assertEqual(mine, expected)
                self.assertEqual(question.with_user(user).is_mine, bool(expected))
        rows = question.with_user(self.officer).read(["aim", "status", "display_name"])
        self.assertIn(self.order.name, rows[0]["aim"])
        self._answer(wish, self.officer, "accepted")
        mine = approvals.with_user(self.officer).search([("is_mine", "=", True)])
        self.assertFalse(mine)

    def test_the_form_of_a_programme_and_of_a_wish(self):
        with Form(self.program) as form:
            form.staff_use = "confirm"
            form.sales_approval = "above"
            form.sales_approval_points = 500
            self.assertEqual(form.caption_approvals, "staff after confirmation")
        wish = self._wish()
        self.assertTrue(wish.with_user(self.officer).approval_until)
        for days in (0, 61):
            with (
                self.subTest(days=days),
                mute_logger("odoo.sql_db"),
                self.assertRaises(IntegrityError),
                self.env.cr.savepoint(),
            ):
                self.program.approval_days = days
                self.env.flush_all()
