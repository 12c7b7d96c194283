from datetime import timedelta

from psycopg2 import IntegrityError

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .referral_common import ReferralCommon


@tagged("post_install", "-at_install")
class TestReferralReward(ReferralCommon):
    """What a referral brings, and how it is taken back."""

    def setUp(self):
        super().setUp()
        self.referral = self._refer()
        self.referred = self._join(self.referral, "7010202000")
        self.partner = self.referred.partner_id

    def _buy(self, *amounts, paid=True, **values):
        invoice = self._create_invoice_of([*amounts], self.partner, **values)
        payment = self._pay(invoice) if paid else None
        return invoice, payment

    # === FIXED === #

    def test_the_first_paid_order_brings_points_once(self):
        self.assertEqual(self.referral.state, "joined")
        first, _payment = self._buy(100.0, paid=False)
        self.assertEqual(self._get_brought(self.referral), [])
        self._pay(first)
        self.assertEqual(self._get_brought(self.referral), [1000])
        self.assertEqual(self.referral.state, "rewarded")
        self._buy(200.0)
        self.assertEqual(self._get_brought(self.referral), [1000])
        entry = self._find_brought(self.referral)
        self.assertEqual((entry.kind, entry.origin), ("bonus", "referral"))
        self.assertEqual(entry.wallet_id, self.wallet)
        self.assertIn("Budmax", entry.note)
        self.assertFalse(entry.move_id)
        self.assertWallet(available=1000)

    def test_the_payment_alone_wakes_the_settling_job(self):
        first, _payment = self._buy(100.0, paid=False)
        self._settle_of(self.referred)
        wallets = self.env["loyalty.b2b.wallet"]
        self.assertNotIn(self.referred.id, wallets._query_unsettled(0, 1000))
        self._pay(first)
        self.assertIn(self.referred.id, wallets._query_unsettled(0, 1000))
        self._settle_of(self.referred)
        self.assertNotIn(self.referred.id, wallets._query_unsettled(0, 1000))
        self.assertEqual(self._get_brought(self.referral), [1000])

    def test_an_undone_payment_takes_the_points_back(self):
        _first, payment = self._buy(100.0)
        self._get_brought(self.referral)
        self._undo(payment)
        self.assertEqual(self._get_brought(self.referral), [1000, -1000])
        self.assertEqual(self.referral.state, "joined")
        self.assertWallet(balance=0, available=0)

    def test_paid_again_they_come_back_with_their_life(self):
        first, payment = self._buy(100.0)
        self._get_brought(self.referral)
        self._undo(payment)
        self._get_brought(self.referral)
        self._pay(first)
        self.assertEqual(self._get_brought(self.referral), [1000, -1000, 1000])
        lot, _taken, again = self._find_brought(self.referral)
        self.assertEqual(again.root_entry_id, lot)
        self.assertEqual(again.date_expiry, lot.date_expiry)

    def test_a_full_credit_note_takes_the_points_back(self):
        first, _payment = self._buy(100.0)
        self._get_brought(self.referral)
        self._credit(first)
        self.assertEqual(self._get_brought(self.referral), [1000, -1000])

    def test_a_credit_note_before_settling_brings_nothing(self):
        """The other order of events: nothing is booked, nothing taken back."""
        first, _payment = self._buy(100.0)
        self._credit(first)
        self.assertEqual(self._get_brought(self.referral), [])

    def test_credited_first_the_second_paid_order_counts(self):
        first, _payment = self._buy(100.0)
        self._buy(50.0)
        self._get_brought(self.referral)
        self._credit(first)
        self.assertEqual(self._get_brought(self.referral), [1000])

    def test_used_points_are_owed_when_they_are_taken_back(self):
        first, _payment = self._buy(100.0)
        self._get_brought(self.referral)
        self.wallet._consume(self.wallet._hold(1000, "hold:1"))
        self._credit(first)
        self.assertEqual(self._get_brought(self.referral), [1000, -1000])
        self.assertWallet(balance=-1000, available=-1000)

    def test_expired_points_are_taken_back_once(self):
        today = fields.Date.today()
        self.program.expiry_months = 1
        first, _payment = self._buy(100.0)
        self._get_brought(self.referral)
        with self.on(today + timedelta(days=60)):
            self.wallet._expire()
            self.assertWallet(balance=0)
            self._credit(first)
            self.assertEqual(sum(self._get_brought(self.referral)), 0)
            self.assertWallet(balance=0, available=0)

    def test_the_smallest_order_counts_by_what_is_left_of_it(self):
        self.referral.sudo().reward_min_amount = 100.0
        self._buy(99.99)
        self.assertEqual(self._get_brought(self.referral), [])
        second, _payment = self._buy(60.0, 60.0)
        self.assertEqual(self._get_brought(self.referral), [1000])
        self._credit(second, [20.01])
        self.assertEqual(self._get_brought(self.referral), [1000, -1000])

    def test_an_order_of_later_months_brings_nothing(self):
        self._buy(100.0, invoice_date=self.referral.date_until + timedelta(days=1))
        self.assertEqual(self._get_brought(self.referral), [])
        self._buy(100.0, invoice_date=self.referral.date_until)
        self.assertEqual(self._get_brought(self.referral), [1000])

    def test_what_earns_nothing_brings_nothing(self):
        self.program.excluded_product_ids = self.product
        self._buy(100.0)
        self.assertEqual(self._get_brought(self.referral), [])

    def test_a_wallet_that_left_is_given_nothing_more(self):
        self.wallet.action_leave()
        self._buy(100.0)
        self.assertEqual(self._get_brought(self.referral), [])

    def test_a_setting_changed_later_does_not_touch_what_was_promised(self):
        self.program.write({"referral_points": 5, "referral_mode": "none"})
        self._buy(100.0)
        self.assertEqual(self._get_brought(self.referral), [1000])

    def test_points_of_referrals_are_no_order_and_no_earning(self):
        """A first order is looked for among documents alone."""
        rule = self._add_rule(trigger="first_order", effect="order", points=7)
        first, _payment = self._buy(100.0)
        self._get_brought(self.referral)
        self._credit(first)
        self._get_brought(self.referral)
        self.assertEqual(self._get_bonuses(), [])
        self._create_invoice_of([10.0])
        self.assertEqual(self._get_bonuses(), [7])
        self.assertTrue(rule)

    # === SHARE === #

    def _share(self, points, amount, **values):
        self.referral.sudo().write(
            {
                "reward": "share",
                "reward_points": points,
                "reward_amount": amount,
                **values,
            }
        )

    def test_a_share_is_rounded_down_order_by_order(self):
        self._share(3, 10.0)
        self._buy(19.99)
        self.assertEqual(self._get_brought(self.referral), [5])
        self._buy(19.99)
        self.assertEqual(self._get_brought(self.referral), [5, 5])
        self._buy(100.0, paid=False)
        self.assertEqual(self._get_brought(self.referral), [5, 5])

    def test_a_partial_credit_takes_back_its_share(self):
        self._share(1, 10.0)
        first, _payment = self._buy(60.0, 40.0)
        self.assertEqual(self._get_brought(self.referral), [10])
        self._credit(first, [40.0])
        self.assertEqual(self._get_brought(self.referral), [10, -4])
        self._credit(first, [60.0])
        self.assertEqual(self._get_brought(self.referral), [10, -4, -6])
        self.assertWallet(balance=0)

    def test_several_rules_count_the_money_once(self):
        self._add_rule(points=2)
        self._share(1, 10.0)
        self._buy(100.0)
        self.assertEqual(self._get_brought(self.referral), [10])

    def test_a_reset_invoice_counts_once_when_posted_again(self):
        self._share(1, 10.0)
        first, payment = self._buy(100.0)
        self._get_brought(self.referral)
        self._undo(payment)
        first.button_draft()
        self.assertEqual(self._get_brought(self.referral), [10, -10])
        first.action_post()
        self._pay(first)
        self.assertEqual(self._get_brought(self.referral), [10, -10, 10])

    def test_where_points_wait_for_payment_it_is_the_same(self):
        self.program.activation = "payment"
        self._share(1, 10.0)
        first, _payment = self._buy(100.0, paid=False)
        self.assertEqual(self._get_brought(self.referral), [])
        payment = self._pay(first)
        self.assertEqual(self._get_brought(self.referral), [10])
        self._undo(payment)
        self.assertEqual(self._get_brought(self.referral), [10, -10])

    # === MERGE === #

    def test_a_merge_of_who_recommended_keeps_what_was_brought(self):
        other = self._enrol(self._create_customer("Twin of the customer"))
        first, _payment = self._buy(100.0)
        self._get_brought(self.referral)
        other._merge(self.wallet)
        self.assertEqual(self.referral.wallet_id, other)
        self._credit(first)
        self.assertEqual(self._get_brought(self.referral), [1000, -1000])
        self.assertWallet(other, balance=0)

    def test_a_merge_of_the_recommended_company_counts_on(self):
        other = self._enrol(self._create_customer("Twin of Budmax"))
        other._merge(self.referred)
        self.assertEqual(self.referral.referred_wallet_id, other)
        self.env.flush_all()
        self._buy(100.0)
        self.assertEqual(self._get_brought(self.referral), [1000])

    def test_a_merge_of_both_brings_nothing_more(self):
        self.wallet._merge(self.referred)
        self.assertFalse(self.referral.referred_wallet_id)
        self._buy(100.0)
        self._settle_of(self.wallet)
        self.assertFalse(self._find_brought(self.referral))
        self.assertEqual(self.wallet._verify(), [])

    def test_two_referred_companies_merged_count_for_the_older_referral(self):
        second = self._refer("Twin")
        other = self._join(second)
        other._merge(self.referred)
        self.assertEqual(self.referral.referred_wallet_id, other)
        self.assertFalse(second.referred_wallet_id)

    def test_a_reward_or_welcome_booked_for_another_event_is_found(self):
        self.program.welcome_points = 500
        wallet = self._join(self._refer("Second"), "1132191233")
        self._buy(100.0)
        self._get_brought(self.referral)
        welcome = wallet.entry_ids.filtered(lambda e: e.origin == "welcome")
        for entry, key in (
            (self._find_brought(self.referral), "referral:0:1:1"),
            (welcome, "welcome:0:PL:1132191233"),
        ):
            self.assertEqual(entry.wallet_id._verify(), [])
            self.env.cr.execute(
                "UPDATE loyalty_b2b_entry SET key = %s WHERE id = %s", [key, entry.id]
            )
            findings = entry.wallet_id._verify()
            self.assertEqual([found["invariant"] for found in findings], ["I6"])

    # === QUERIES === #

    def test_without_referrals_settling_asks_nothing_of_them(self):
        self.program.write({"referral_mode": "none"})
        self.env.cr.execute("UPDATE loyalty_b2b_program SET uses_referral = FALSE")
        self.program.invalidate_recordset()
        self.env.registry.clear_cache()
        self._create_invoice_of([10.0])
        self.env.flush_all()
        self.program._get_referral_program_ids()
        before = self.env.cr.sql_log_count
        self.assertFalse(self.wallet._settle_referrals())
        self.assertEqual(self.env.cr.sql_log_count, before)


@tagged("post_install", "-at_install")
class TestReferralRefusals(ReferralCommon):
    """What cannot be recommended, and why not."""

    def assertRefused(self, referral, code):
        self.assertEqual((referral.state, referral.refusal), ("refused", code))
        self.assertTrue(referral.reason)

    def test_the_own_company_by_address_tax_id_and_domain(self):
        self.customer.email = "office@wisla.test"
        self.assertRefused(self._refer(email="office@wisla.test"), "own_company")
        twin = self._enrol(self._create_customer("Other name", "1132191233"))
        self.program._join(
            self._create_customer("In the group", "7010202000"), self.wallet, "Group"
        )
        self.assertRefused(self._refer(tax_id="PL 701-020-20-00"), "own_company")
        self.customer.vat = False
        self.assertRefused(self._refer(tax_id="526-000-12-46"), "own_tax_id")
        self.assertRefused(self._refer(email="someone.else@WISLA.test"), "own_domain")
        self.assertTrue(twin)

    def test_public_providers_are_nobodys_own(self):
        self.customer.email = "wisla@gmail.com"
        self.assertEqual(self._refer(email="other@gmail.com").state, "invited")

    def test_who_takes_part_or_bought_before(self):
        other = self._create_customer("Skład", "5213017228", email="a@sklad.test")
        self._enrol(other)
        self.assertRefused(self._refer(tax_id="PL5213017228"), "takes_part")
        self.assertRefused(self._refer(email="a@sklad.test"), "takes_part")
        buyer = self._create_customer("Buyer", "1132191233")
        self._create_invoice_of([10.0], buyer, invoice_date="2020-01-10")
        self.assertRefused(self._refer(tax_id="1132191233"), "customer")
        referral = self._refer("Nameless")
        self.assertEqual(referral.sudo()._join(buyer), "customer")
        self.assertEqual(referral.state, "invited")
        self.assertFalse(self.program._find_participant(buyer))

    def test_who_bought_after_the_invitation_may_join(self):
        buyer = self._create_customer("Budmax", "7010202000")
        referral = self._refer(tax_id="7010202000")
        self._create_invoice_of([10.0], buyer)
        self.assertEqual(referral.sudo()._join(buyer), "")

    def test_an_unposted_invoice_is_no_purchase(self):
        buyer = self._create_customer("Budmax", "7010202000")
        self._create_invoice_of([10.0], buyer, post=False)
        self.assertEqual(self._refer(tax_id="7010202000").state, "invited")

    def test_a_second_referral_of_one_company(self):
        other = self._enrol(self._create_customer("Other", "1132191233"))
        self._refer(email="jan@budmax.test", tax_id="7010202000")
        for values in (
            {"email": "JAN@budmax.test"},
            {"email": "ewa@budmax.test"},
            {"tax_id": "PL 701 020 20 00"},
        ):
            with self.subTest(values=values):
                again = self._refer("Again", other, **values)
                self.assertRefused(again, "twice")

    def test_after_a_lapsed_one_it_may_be_recommended_again(self):
        first = self._refer(email="jan@budmax.test")
        with self.on(first.date_expiry + timedelta(days=1)):
            self.program._daily_referrals()
            self.assertEqual(first.state, "lapsed")
            self.assertEqual(self._refer(email="jan@budmax.test").state, "invited")

    def test_a_company_does_not_bring_who_brought_it(self):
        referral = self._refer()
        referred = self._join(referral, "7010202000")
        back = self._refer("Back", referred, tax_id="5260001246")
        self.assertIn(back.refusal, ("cycle", "takes_part"))
        self.assertEqual(back.state, "refused")
        third = self._refer("Third", referred)
        wallet = self._join(third, "1132191233")
        known = self.wallet.partner_id
        self.assertTrue(self._refer("X", wallet).sudo()._is_cycle(known))

    def test_a_branch_of_who_takes_part(self):
        branch = self._create_customer("Branch", parent_id=self.customer.id)
        self.assertEqual(self._refer().sudo()._join(branch), "own_company")

    def test_a_year_brings_no_more_than_the_limit(self):
        self.program.referral_limit = 2
        wallets = []
        for number, vat in enumerate(("7010202000", "1132191233", "5213017228")):
            referral = self._refer(f"Company {number}")
            partner = self._create_customer(f"Company {number}", vat)
            self.assertEqual(referral.sudo()._join(partner), "")
            wallets.append(referral)
        self.assertEqual([r.state for r in wallets], ["joined", "joined", "refused"])
        last = wallets[-1]
        self.assertRefused(last, "limit")
        self.assertTrue(self.program._find_participant(last.partner_id))
        with self.on(f"{fields.Date.today().year + 1}-01-02"):
            again = self._refer("Next year")
            again.sudo()._join(self._create_customer("Next year"))
            self.assertEqual(again.state, "joined")

    def test_only_active_wallets_of_running_programmes_recommend(self):
        for values in ({"state": "invited"}, {"is_control": True}):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                self.wallet.sudo().write(values)
                with self.assertRaisesRegex(UserError, "cannot recommend"):
                    self._refer()
                savepoint.rollback()
        for values in ({"referral_mode": "none"}, {"state": "paused"}):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                self.program.sudo().write(values)
                with self.assertRaisesRegex(UserError, "cannot recommend"):
                    self._refer()
                savepoint.rollback()

    def test_nobody_joins_twice_or_by_an_ended_referral(self):
        referral = self._refer()
        self._join(referral)
        with self.assertRaisesRegex(UserError, "Joined"):
            referral.sudo()._join(self._create_customer("Another"))

    def test_joining_enrols_welcomes_and_keeps_who_agreed(self):
        self.program.welcome_points = 500
        wallet = self._join(self._refer(), "7010202000")
        self.assertEqual(wallet.state, "active")
        self.assertTrue(wallet.joined_at)
        self.assertWallet(wallet, available=500)

    def test_merged_contacts_keep_one_referral(self):
        first, second = self._refer("One"), self._refer("Two")
        one = self._join(first).partner_id
        two = self._join(second).partner_id
        wizard = self.env["base.partner.merge.automatic.wizard"].sudo().create({})
        wizard._merge((one | two).ids, one, extra_checks=False)
        self.env.invalidate_all()
        self.assertEqual((first | second).exists(), first | second)
        self.assertEqual(first.partner_id, one)
        self.assertFalse(second.partner_id)
        self.assertEqual(first.referred_wallet_id.participant_ids.partner_id, one)
        self.assertFalse(second.referred_wallet_id)

    # === SETTINGS === #

    def test_settings_out_of_bounds_are_refused(self):
        for values in (
            {"referral_points": 0},
            {"referral_points": -5},
            {"referral_points": 10**10},
            {"referral_amount": 0, "referral_mode": "share"},
            {"referral_months": 0},
            {"referral_days": 400},
            {"referral_limit": -1},
            {"welcome_points": -1},
            {"welcome_months": 1201},
        ):
            with self.subTest(values=values):
                self.assertRaisesDatabase(values)

    def assertRaisesDatabase(self, values):
        with mute_logger("odoo.sql_db"), self.assertRaises(IntegrityError):
            self.program.write(values)
            self.env.flush_all()

    def test_the_caption_says_what_is_given(self):
        self.program.welcome_points = 500
        text = self.program.caption_bonuses
        self.assertIn("for joining", text)
        self.assertIn("for a referral", text)
        self.program.write({"referral_mode": "share", "referral_points": 1})
        self.assertIn("for each", self.program.caption_bonuses)
