from odoo.tests import tagged

from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestExpiryLifted(UseCommon):
    """A document that takes points which have expired does not take them twice."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # what orders earn is the subject of a few tests only
        cls.rule = cls.program.rule_ids
        cls.rule.action_archive()

    def _give_until(self, points, last_day):
        with self.on("2026-01-10"):
            return self._give_points(points, date_expiry=last_day)

    def _credit_in_time(self, points=5000):
        """Use points, invoice, and press *Reverse and create invoice* in time."""
        with self.on("2026-01-20"):
            order = self._create_order([(self.product, 2, 100.0)])
            use = self._use_points(order, points)
            order.action_confirm()
            draft = self._reverse_and_recreate(self._invoice(order))
            self.assertWallet(available=points)
        return use, draft

    def _expire_on(self, day):
        with self.on(day):
            return self.wallet._expire()

    def assertSound(self, **figures):
        self.assertWallet(**figures)
        self.assertFalse(self.wallet._verify())

    # === USED AGAIN === #

    def test_points_used_in_time_and_invoiced_again_after_expiry_are_no_debt(self):
        lot = self._give_until(5000, "2026-01-31")
        use, draft = self._credit_in_time()
        expired = self._expire_on("2026-02-01")
        self.assertEqual(sum(expired.mapped("points")), -5000)
        with self.on("2026-02-02"):
            draft.action_post()
            self.assertSound(available=0, balance=0)
        self.assertEqual(use._get_standing_points(), 5000)
        lifted = self.wallet.entry_ids.filtered(
            lambda e: e.reversed_entry_id in expired
        )
        self.assertEqual(lifted.mapped("points"), [5000])
        self.assertEqual(lifted.date_expiry, lot.date_expiry)
        self.assertEqual(lifted.root_entry_id, lot)
        self.assertIn(draft.name, lifted.mapped("move_name"))

    def test_the_same_round_as_often_as_one_likes(self):
        self._give_until(5000, "2026-01-31")
        use, draft = self._credit_in_time()
        for month in (2, 3, 4):
            self._expire_on(f"2026-{month:02}-01")
            with self.on(f"2026-{month:02}-02"):
                draft.action_post()
                self.assertSound(available=0, balance=0)
                draft = self._reverse_and_recreate(draft)
                self.assertSound(available=0, balance=5000)
        self.assertEqual(use._get_standing_points(), 0)

    def test_points_used_elsewhere_in_time_stay_owed(self):
        self._give_until(5000, "2026-01-31")
        _use, draft = self._credit_in_time()
        with self.on("2026-01-25"):
            order = self._create_order([(self.product, 9, 100.0)])
            self._use_points(order, 2000)
            order.action_confirm()
        self._expire_on("2026-02-01")
        with self.on("2026-02-02"):
            draft.action_post()
            self.assertSound(available=-2000, balance=-2000)

    def test_a_credit_note_reset_after_expiry_uses_the_points_again(self):
        self._give_until(5000, "2026-01-31")
        with self.on("2026-01-20"):
            order = self._create_order([(self.product, 2, 100.0)])
            self._use_points(order, 5000)
            order.action_confirm()
            credit = self._credit(self._invoice(order))
        self._expire_on("2026-02-01")
        with self.on("2026-02-02"):
            credit.button_draft()
            self.assertSound(available=0, balance=0)

    def test_points_ended_by_closing_the_programme_are_no_debt(self):
        self._give_until(5000, "2027-01-31")
        _use, draft = self._credit_in_time()
        with self.on("2026-02-01"):
            self.program.sudo().state = "closed"
            self.wallet._close_down()
            self.assertSound(available=0, balance=0)
            draft.action_post()
            self.assertSound(available=0, balance=0)

    # === TAKEN BACK === #

    def _earn(self):
        self.rule.action_unarchive()
        with self.on("2026-01-10"):
            invoice = self._create_invoice_of([1000.0], invoice_date="2024-01-20")
        self.rule.action_archive()
        return invoice

    def test_earning_taken_back_after_its_returned_points_expired(self):
        """They came in, were used, returned, and expired as returned points."""
        invoice = self._earn()
        with self.on("2026-01-15"):
            order = self._create_order([(self.product, 1, 100.0)])
            self._use_points(order, 1000)
            order.action_confirm()
            self._credit(self._invoice(order))
        expired = self._expire_on("2026-02-01")
        self.assertEqual(expired.reversed_entry_id.kind, "return")
        with self.on("2026-02-02"):
            self._credit(invoice)
            self.assertSound(available=0, balance=0)

    def test_two_credit_notes_posted_together_after_expiry(self):
        invoice = self._earn()
        self._expire_on("2026-02-01")
        with self.on("2026-02-02"):
            credits = self._credit(invoice, [400.0], post=False)
            credits |= self._credit(invoice, [500.0], post=False)
            credits._post()
            self.assertSound(available=0, balance=0)
        self.assertEqual(
            [self._points_of(move, "reversal") for move in credits], [-400, -500]
        )

    def test_payment_undone_and_redone_after_expiry(self):
        self.program.activation = "payment"
        invoice = self._earn()
        with self.on("2026-01-11"):
            payment = self._register_payment(invoice)
            self.assertWallet(available=1000)
        last_day = self.wallet.entry_ids.date_expiry
        self._expire_on("2099-01-01")
        with self.on("2099-01-02"):
            payment.action_draft()
            payment.action_cancel()
            self.env.cr.flush()
            self.assertSound(available=0, balance=0, waiting=1000)
            self._register_payment(invoice)
            self.assertSound(available=0, balance=1000, waiting=0)
        self.assertEqual(self.wallet.entry_ids[:1].date_expiry, last_day)

    def test_points_used_in_time_stay_paid_for_when_the_payment_is_redone(self):
        self.program.activation = "payment"
        invoice = self._earn()
        with self.on("2026-01-11"):
            payment = self._register_payment(invoice)
            self.wallet._take("redeem", 1000, "test:used")
        with self.on("2099-01-02"):
            payment.action_draft()
            payment.action_cancel()
            self.env.cr.flush()
            self.assertSound(available=-1000, waiting=1000)
            self._register_payment(invoice)
            self.assertSound(available=0, balance=0, waiting=0)

    def _register_payment(self, invoice):
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=invoice.ids
        )
        payment = wizard.create({})._create_payments()
        self.env.cr.flush()
        return payment
