from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged

from .referral_common import ReferralCommon


@tagged("post_install", "-at_install")
class TestReferralRights(ReferralCommon):
    """What staff may do with referrals, by rank."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.foreign_customer = cls._create_customer(
            "Cudzy klient", "7010023456", user_id=cls.officer.id
        )
        cls.foreign_wallet = cls._enrol(cls.foreign_customer)
        cls.mine = cls._refer("Mine", email="a@mine.test")
        cls.foreign = cls._refer("Foreign", cls.foreign_wallet)
        cls.auditor = new_test_user(
            cls.env,
            "loyalty_auditor",
            groups="account.group_account_readonly",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _as(self, user, records=None):
        records = self.mine if records is None else records
        self.env.invalidate_all()
        return records.with_user(user)

    # === READING === #

    def test_each_sees_the_referrals_of_his_customers(self):
        referrals = self.env["loyalty.b2b.referral"]
        both = self.mine | self.foreign
        for user, expected in (
            (self.salesperson, self.mine),
            (self.officer, both),
            (self.sales_all, both),
            (self.auditor, both),
        ):
            with self.subTest(user=user.login):
                found = referrals.with_user(user).search([])
                self.assertEqual(found & both, expected)

    def test_others_and_other_companies_see_none(self):
        nobody = new_test_user(self.env, "loyalty_none", groups="base.group_user")
        with self.assertRaises(AccessError):
            self._as(nobody).read(["name"])
        other = self.setup_other_company()["company"]
        foreign = new_test_user(
            self.env,
            "loyalty_other",
            groups="sales_team.group_sale_manager,loyalty_b2b.group_loyalty_b2b_admin",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )
        self.assertFalse(self.mine.with_user(foreign).search([]))

    def test_the_token_is_nobodys_to_read(self):
        for user in (self.salesperson, self.officer, self.auditor):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._as(user).read(["token"])

    # === WRITING === #

    def test_a_salesperson_notes_a_referral_of_his_customer(self):
        form = Form(self.env["loyalty.b2b.referral"].with_user(self.salesperson))
        form.wallet_id = self.wallet
        form.name = "Budmax"
        form.email = "jan@budmax.test"
        referral = form.save()
        self.assertEqual(referral.state, "invited")
        self.assertEqual(referral.program_id, self.program)
        referral.action_send()
        self.assertTrue(referral.date_sent)

    def test_he_does_not_for_customers_of_others(self):
        with self.assertRaises(AccessError):
            self._as(self.salesperson).create(
                {"wallet_id": self.foreign_wallet.id, "name": "X"}
            )
        with self.assertRaises(AccessError):
            self._as(self.salesperson, self.foreign).action_send()

    def test_the_course_is_not_typed_in(self):
        for user in (self.salesperson, self.officer, self.env.user):
            for values in (
                {"state": "rewarded"},
                {"points": 10**12},
                {"points": -1},
                {"reward_points": 10**9},
                {"referred_wallet_id": self.foreign_wallet.id},
                {"wallet_id": self.foreign_wallet.id},
                {"token": "x" * 32},
                {"date_until": "2099-01-01"},
            ):
                with self.subTest(user=user.login, values=values):
                    with self.assertRaises(UserError):
                        call_kw(self._as(user), "write", [self.mine.ids, values], {})
                    with self.assertRaises(UserError):
                        vals = {"wallet_id": self.wallet.id, "name": "X", **values}
                        vals |= {"state": "rewarded"}
                        call_kw(self._as(user), "create", [[vals]], {})

    def test_who_it_is_about_stays_once_it_has_ended(self):
        self._join(self.mine)
        for values in ({"name": "Other"}, {"partner_id": self.customer.id}):
            with self.assertRaisesRegex(UserError, "does not change any more"):
                self._as(self.officer).write(values)
        with self.assertRaisesRegex(UserError, "stands or fall|stand or fall"):
            self.mine.unlink()
        with self.assertRaises(UserError):
            self.mine.copy()

    # === STEPS === #

    def test_an_officer_confirms_with_a_customer(self):
        with self.assertRaisesRegex(UserError, "Choose the customer"):
            self._as(self.officer).action_confirm()
        self._as(self.officer).partner_id = self._create_customer("Mine", "7010202000")
        self._as(self.officer).action_confirm()
        self.assertEqual(self.mine.state, "joined")
        self.assertIn("Recommended", self.mine.referred_wallet_id.joined_reason)

    def test_an_officer_does_not_confirm_what_cannot_be(self):
        self._as(self.officer).partner_id = self.foreign_customer
        self.assertIn("takes part", self.mine.warning)
        with self.assertRaisesRegex(UserError, "takes part in the programme already"):
            self._as(self.officer).action_confirm()
        self.assertEqual(self.mine.state, "invited")

    def test_a_salesperson_does_not_confirm_or_refuse(self):
        self.mine.partner_id = self._create_customer("Mine", "7010202000")
        with self.assertRaises(AccessError):
            self._as(self.salesperson).action_confirm()
        with self.assertRaises(AccessError):
            self._refuse(self.salesperson)
        self.assertEqual(self.mine.state, "invited")

    def _refuse(self, user, reason="Same group"):
        wizard = self.env["loyalty.b2b.referral.refuse"].with_user(user)
        return wizard.create(
            {"referral_id": self.mine.id, "reason": reason}
        ).action_refuse()

    def test_an_officer_refuses_with_a_reason(self):
        with self.assertRaisesRegex(UserError, "Say why"):
            self._refuse(self.officer, " ")
        self._refuse(self.officer)
        self.assertEqual((self.mine.state, self.mine.reason), ("refused", "Same group"))
        with self.assertRaisesRegex(UserError, "Only open referrals"):
            self._refuse(self.officer)
        with self.assertRaisesRegex(UserError, "holds no longer"):
            self._as(self.officer).action_send()

    def test_the_wallet_counts_its_referrals(self):
        wallet = self.wallet.with_user(self.salesperson)
        self.assertEqual(wallet.referral_count, 1)
        action = wallet.action_view_referrals()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(found, self.mine)
