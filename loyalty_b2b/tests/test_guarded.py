from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestGuarded(LoyaltyB2bCommon):
    """What our own steps write is not written by a default, of a call or of a user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.seller = new_test_user(
            cls.env, "own_seller", "sales_team.group_sale_salesman", tz="Europe/Warsaw"
        )
        cls.officer = new_test_user(
            cls.env,
            "own_officer",
            "loyalty_b2b.group_loyalty_b2b_officer,sales_team.group_sale_salesman",
        )
        cls.admin = new_test_user(
            cls.env, "own_admin", "loyalty_b2b.group_loyalty_b2b_admin"
        )
        cls.customer.user_id = cls.seller
        cls.tier = cls.env["loyalty.b2b.tier"].create(
            {"name": "Gold", "program_id": cls.program.id, "threshold": 10}
        )

    def _default(self, user, model, field, value):
        """Store a default of a user's own, as the web client does for anybody."""
        self.env["ir.default"].set(model, field, value, user_id=user.id)

    def test_a_wallet_comes_without_level_and_companies(self):
        other = self._create_customer("Other")
        foreign = self._create_customer("Foreign", user_id=self.seller.id)
        self._default(self.officer, "loyalty.b2b.wallet", "is_control", True)
        program = self.program.with_user(self.officer).with_context(
            default_tier_id=self.tier.id,
            default_tier_earned_id=self.tier.id,
            default_joined_by_name="Nobody",
            default_version=7,
            default_date_end="2000-01-01",
            default_participant_ids=[
                Command.create({"partner_id": other.id, "date_start": "2000-01-01"})
            ],
        )
        wallet = program._enrol(foreign)[foreign].sudo()
        self.assertFalse(wallet.tier_id | wallet.tier_earned_id)
        self.assertFalse(wallet.is_control or wallet.joined_by_name or wallet.version)
        self.assertEqual(wallet.participant_ids.partner_id, foreign)
        self.assertFalse(wallet.participant_ids.date_end)

    def test_a_programme_begins_as_a_draft(self):
        self._default(
            self.admin, "loyalty.b2b.program", "start_agreed_uid", self.officer.id
        )
        programs = self.env["loyalty.b2b.program"].with_user(self.admin)
        program = programs.with_context(default_state="running").create({"name": "X"})
        self.assertEqual(program.state, "draft")
        self.assertFalse(program.start_agreed_uid)

    def _report(self, user, **context):
        kind = self.env["loyalty.b2b.activity.type"].create(
            {"name": "Training", "program_id": self.program.id, "points": 10}
        )
        acts = self.env["loyalty.b2b.activity"].with_user(user).with_context(**context)
        return acts.create(
            {
                "wallet_id": self.wallet.id,
                "type_id": kind.id,
                "date": self.program._today(),
            }
        )

    def test_an_activity_begins_as_reported(self):
        self._default(self.seller, "loyalty.b2b.activity", "points", 5000)
        act = self._report(
            self.seller, default_state="approved", default_decided_by_id=self.officer.id
        )
        self.assertEqual((act.state, act.points), ("draft", 0))
        self.assertFalse(act.decided_by_id)

    def test_an_activity_of_a_wallet_out_of_sight_says_nothing_of_it(self):
        act = self._report(self.seller)
        other = self._create_customer("Secret")
        secret = self._enrol(other)
        with self.assertRaises(AccessError) as caught:
            act.wallet_id = secret
        self.assertNotIn("Secret", str(caught.exception))

    def test_a_new_voucher_code_belongs_to_nobody(self):
        reward = self.env["loyalty.b2b.reward"].create(
            {
                "name": "Fuel",
                "program_id": self.program.id,
                "kind": "voucher",
                "points": 10,
            }
        )
        use = self.env["loyalty.b2b.redemption"].sudo()
        use = use.create(
            {
                "wallet_id": self.wallet.id,
                "partner_id": self.customer.id,
                "points": 10,
                "currency_id": self.company.currency_id.id,
                "reward_id": reward.id,
            }
        )
        name = "loyalty.b2b.reward.code"
        self._default(self.officer, name, "redemption_id", use.id)
        codes = self.env[name].with_user(self.officer).sudo()
        code = codes.with_context(default_date_shown="2000-01-01").create(
            {"reward_id": reward.id, "code": "AAA"}
        )
        self.assertFalse(code.redemption_id)
        self.assertFalse(code.date_shown)

    def test_what_people_are_told_has_no_defaults(self):
        for model in ("loyalty.b2b.notice", "loyalty.b2b.digest"):
            records = self.env[model].with_context(default_wallet_id=self.wallet.id)
            self.assertEqual(records.default_get(["wallet_id"]), {}, model)

    def test_a_referral_names_no_company_as_joined(self):
        other = self._create_customer("Large buyer")
        large = self._enrol(other)
        self.program.write({"referral_mode": "fixed", "referral_points": 500})
        referrals = self.env["loyalty.b2b.referral"].with_user(self.seller)
        referral = referrals.with_context(
            default_referred_wallet_id=large.id,
            default_date_joined="2000-01-01",
            default_date_until="2099-12-31",
        ).create({"wallet_id": self.wallet.id, "name": "X"})
        self.assertFalse(referral.sudo().referred_wallet_id)
        self.assertFalse(referral.date_joined)
