from datetime import timedelta

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovals(ApprovalCommon):
    """Who is asked before points are used, and what an answer does."""

    # === WHO IS ASKED === #

    def test_who_may_not_use_points_asks_the_administrator(self):
        wish = self._wish()
        question = wish.approval_ids
        self.assertEqual(wish.state, "approve")
        self.assertEqual(question.step, "customer")
        self.assertEqual(question.points, 2000)
        self.assertEqual(question.reason, "For the fair")
        self.assertWallet(available=10000, held=0)
        self.assertEqual(self.order.amount_untaxed, 100.0)

    def test_who_may_use_points_uses_them(self):
        self.wallet._grant(self.buyer.partner_id, "uses")
        wish = self._wish()
        self.assertEqual(wish.state, "reserved")
        self.assertFalse(wish.approval_ids)
        self.assertEqual(wish.contact_id, self.buyer.partner_id)
        self.assertEqual(self.order.amount_untaxed, 80.0)

    def test_the_administrator_needs_nobody(self):
        self.assertEqual(self._wish(user=self.boss).state, "reserved")

    def test_without_an_administrator_sales_is_asked(self):
        self.wallet._revoke(self.boss.partner_id, "Left", by=self.customer)
        wish = self._wish()
        self.assertEqual(wish.approval_ids.step, "sales")
        self.assertEqual(wish.activity_ids.user_id, self.salesperson)

    def test_sales_is_asked_after_the_customer(self):
        self.program.write({"sales_approval": "above", "sales_approval_points": 1500})
        wish = self._wish(2000)
        self._open_question(wish)._answer("accepted", by=self.boss.partner_id)
        self.assertEqual(self._open_question(wish).step, "sales")
        self.assertWallet(held=0)
        self._open_question(wish)._answer("accepted", by=self.salesperson.partner_id)
        self.assertEqual(wish.state, "reserved")
        self.assertFalse(wish.activity_ids)

    def test_sales_is_not_asked_about_what_was_reduced_below(self):
        self.program.write({"sales_approval": "above", "sales_approval_points": 1500})
        wish = self._wish(2000)
        self._open_question(wish)._answer("reduced", 1500, by=self.boss.partner_id)
        self.assertEqual(wish.state, "reserved")

    # === ANSWERS === #

    def test_accepting_takes_the_points(self):
        wish = self._wish()
        wish.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertEqual(wish.state, "reserved")
        self.assertWallet(available=8000, held=2000)
        self.assertEqual(self.order.amount_untaxed, 80.0)
        self.assertIn("Jan Boss", wish.approval_ids.decided_by_name)

    def test_reducing_takes_fewer(self):
        wish = self._wish()
        wish.approval_ids._answer(
            "reduced", 1500, "Keep some for May", self.boss.partner_id
        )
        self.assertEqual(wish.points, 1500)
        self.assertWallet(available=8500, held=1500)
        self.assertEqual(self.order.amount_untaxed, 85.0)
        note = wish.entry_ids.note
        self.assertIn("Asked by Ewa Buk: For the fair.", note)
        self.assertIn("Reduced from 2,000 to 1,500 points by Jan Boss", note)
        self.assertIn("Keep some for May", note)

    def test_refusing_takes_nothing(self):
        wish = self._wish()
        wish.approval_ids._answer("refused", answer="Not now", by=self.boss.partner_id)
        self.assertEqual(wish.state, "cancelled")
        self.assertWallet(available=10000, held=0)

    def test_reduced_is_fewer_than_wished_and_at_least_one(self):
        wish = self._wish()
        for points in (None, 0, -5, 2000, 10**20):
            with self.subTest(points=points), self.assertRaises(UserError):
                wish.approval_ids._answer("reduced", points, by=self.boss.partner_id)
        self.assertEqual(wish.state, "approve")

    def test_second_answer_reads_who_was_first(self):
        wish = self._wish()
        wish.approval_ids._answer("refused", by=self.boss.partner_id)
        with self.assertRaisesRegex(UserError, "already answered by Jan Boss"):
            wish.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertWallet(held=0)

    def test_points_that_are_gone_leave_the_question_open(self):
        wish = self._wish()
        self.wallet._take("redeem", 9500, "test:gone")
        with self.assertRaisesRegex(UserError, "500 points available"):
            wish.approval_ids._answer("accepted", by=self.boss.partner_id)
        self.assertEqual(wish.state, "approve")
        self.assertFalse(wish.approval_ids.verdict)
        self.assertEqual(wish.points, 2000)
        wish.approval_ids._answer("reduced", 500, by=self.boss.partner_id)
        self.assertWallet(available=0, held=500)

    def test_quotation_that_changed_meanwhile_leaves_the_question_open(self):
        def expire(order):
            order.validity_date = fields.Date.today() - timedelta(days=1)

        def pass_on(order):
            order.write({"partner_id": self.other_customer.id})

        for change, words in (
            (expire, "expired"),
            (pass_on, "another customer"),
        ):
            order = self._create_order([(self.product, 1, 100.0)])
            wish = self._wish(order=order)
            change(order)
            with self.subTest(words=words), self.assertRaisesRegex(UserError, words):
                wish.approval_ids._answer("accepted", by=self.boss.partner_id)
            self.assertFalse(wish.approval_ids.verdict)
        self.assertWallet(held=0)

    def test_deleting_a_quotation_ends_the_wish(self):
        wish = self._wish()
        self.order.unlink()
        self.assertEqual(wish.state, "cancelled")
        self.assertEqual(wish.approval_ids.verdict, "withdrawn")

    # === END WITHOUT AN ANSWER === #

    def test_wishes_lapse_in_time_and_no_earlier(self):
        wish = self._wish()
        run = self.env["loyalty.b2b.redemption"]._cron_release_holds
        run()
        self.assertEqual(wish.state, "approve")
        wish.sudo().approval_ids.date_end = fields.Datetime.now() - timedelta(minutes=1)
        with self.assertRaisesRegex(UserError, "has lapsed"):
            wish.approval_ids._answer("accepted", by=self.boss.partner_id)
        run()
        self.assertEqual(wish.state, "lapsed")
        self.assertEqual(wish.approval_ids.verdict, "lapsed")
        self.assertIn("Nobody answered", self._mails_to(self.buyer)[0].subject)

    def test_withdrawing_ends_the_question(self):
        wish = self._wish()
        wish._withdraw(by=self.buyer.partner_id)
        wish._withdraw(by=self.buyer.partner_id)
        self.assertEqual(wish.state, "cancelled")
        with self.assertRaisesRegex(UserError, "withdrawn"):
            wish.approval_ids._answer("accepted", by=self.boss.partner_id)

    # === WISHES === #

    def test_the_same_form_makes_one_wish(self):
        first = self._wish(request_key="key-1")
        self.assertEqual(self._wish(request_key="key-1"), first)
        self.assertEqual(len(self.wallet.redemption_ids), 1)

    def test_a_second_wish_waits_for_the_first(self):
        self._wish()
        with self.assertRaisesRegex(UserError, "Withdraw it first"):
            self._wish(500)

    def test_nobody_is_asked_for_what_is_not_there(self):
        with self.assertRaisesRegex(UserError, "can be used|available"):
            self._wish(10001)
        self.assertFalse(self.wallet.redemption_ids)

    # === TELLING === #

    def test_administrators_get_a_mail_each_and_the_asker_the_answer(self):
        wish = self._wish()
        self.assertEqual(len(self._mails_to(self.boss)), 1)
        text = self._read_mail(self.boss)
        for words in ("Ewa Buk", "2,000 points", self.order.name, "For the fair"):
            self.assertIn(words, text)
        self.assertIn(self._money(20.0), text)
        self.assertIn("/loyalty/approval/", text)
        wish.approval_ids._answer("reduced", 1500, "Enough", self.boss.partner_id)
        text = self._read_mail(self.buyer)
        self.assertIn("1,500 points", text)
        self.assertIn("Enough", text)

    def test_a_reason_with_a_link_is_not_mailed(self):
        self._wish(reason="See evil.com")
        self.assertNotIn("evil.com", self._mails_to(self.boss).body_html)
