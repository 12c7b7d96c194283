from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .tier_common import LoyaltyB2bTierCommon


@tagged("post_install", "-at_install")
class TestTierRights(LoyaltyB2bTierCommon):
    """Who reads, and who changes, levels and what follows from them."""

    def _create_user(self, name, groups):
        return new_test_user(
            self.env,
            name,
            groups=groups,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def test_staff_read_levels_and_only_administrators_change_them(self):
        auditor = self._create_user("tier_auditor", "account.group_account_readonly")
        for user in (self.salesperson, self.officer, auditor):
            with self.subTest(user.login):
                gold = self.gold.with_user(user)
                self.assertEqual(gold.name, "Gold")
                for act in (
                    lambda gold=gold: gold.write({"factor": 9}),
                    lambda gold=gold: gold.copy({"threshold": 7}),
                    gold.unlink,
                ):
                    with self.assertRaises(AccessError):
                        act()
        admin = self._create_user("tier_admin", "loyalty_b2b.group_loyalty_b2b_admin")
        self.gold.with_user(admin).factor = 2
        self.assertEqual(self.gold.rule_id.factor, 2)

    def test_portal_users_and_strangers_read_no_level(self):
        for name, groups in (
            ("tier_portal", "base.group_portal"),
            ("tier_stock", "base.group_user"),
        ):
            user = self._create_user(name, groups)
            for record in (self.gold, self.env["loyalty.b2b.tier.thresholds"]):
                with self.subTest(name), self.assertRaises(AccessError):
                    record.with_user(user).check_access("read")

    def test_levels_of_another_company_are_not_seen(self):
        other = self.setup_other_company()["company"]
        program = self.env["loyalty.b2b.program"].create(
            {"name": "Other", "company_id": other.id, "tz": "UTC"}
        )
        foreign = self._create_tier("Bronze", 1, program)
        seen = self.env["loyalty.b2b.tier"].with_user(self.officer).search([])
        self.assertIn(self.gold, seen)
        self.assertNotIn(foreign, seen)
        with self.assertRaises(AccessError):
            foreign.with_user(self.officer).read(["name"])

    def test_who_may_not_change_a_programme_does_not_apply_the_dialog(self):
        dialog = self.env["loyalty.b2b.tier.thresholds"].create(
            {"program_id": self.program.id}
        )
        for user in (self.salesperson, self.officer):
            with self.subTest(user.login), self.assertRaises(AccessError):
                dialog.with_user(user).action_apply()

    def test_salespeople_quote_with_what_a_level_brings(self):
        term = self.env["account.payment.term"].create({"name": "60 days"})
        self.gold.payment_term_id = term
        self._put_on(self.gold)
        order = (
            self.env["sale.order"]
            .with_user(self.salesperson)
            .create({"partner_id": self.customer.id})
        )
        self.assertEqual(order.payment_term_id, term)

    def test_the_card_of_another_s_customer_is_not_shown(self):
        other = self._create_customer("Other", "5213017228", user_id=self.officer.id)
        wallet = self._enrol(other)
        self._put_on(self.gold, wallet)
        with self.assertRaises(AccessError):
            wallet.with_user(self.salesperson).read(["tier_card"])
        partner = other.with_user(self.salesperson)
        self.assertFalse(partner.loyalty_b2b_tier_id)
