from odoo.tests import tagged

from .earn_common import EarnCommon


@tagged("post_install", "-at_install")
class TestEarnVisits(EarnCommon):
    """For whom a person buys: one query that agrees with the slow way."""

    def _visits(self, user):
        self.env.invalidate_all()
        return user.partner_id.with_user(user)._find_loyalty_b2b_visits()

    def test_roles_are_those_that_decide(self):
        self.wallet._grant(self.buyer.partner_id, "collects", reason="Test")
        self.wallet._grant(self.boss.partner_id, "administers", reason="Test")
        for user in (self.boss, self.buyer, self.branch_buyer, self.stranger):
            for default in ("collects", "sees"):
                self.program.colleague_role = default
                with self.subTest(user=user.login, default=default):
                    visits = self._visits(user)
                    self.assertEqual(len(visits), 1)
                    wallet = self.wallet.browse(visits[0].wallet_id)
                    role = user.partner_id._get_loyalty_b2b_role(wallet)
                    self.assertEqual(visits[0].role, role)
                    seen = user.partner_id._get_loyalty_b2b_portal_wallets()
                    self.assertEqual(bool(seen), visits[0].may("sees"))
        self.assertFalse(self._visits(self.outsider))

    def test_who_left_does_not_visit(self):
        partner = self.boss.partner_id
        self.assertTrue(self._visits(self.boss))
        self.wallet.is_control = True
        self.assertFalse(self._visits(self.boss))
        self.wallet.is_control = False
        self.boss.active = False
        partner.active = False
        self.assertFalse(self._visits(self.boss))

    def test_facts_are_those_of_the_company(self):
        tag = self.env["res.partner.category"].create({"name": "VIP"})
        self.customer.category_id = tag
        facts = self._visits(self.boss)[0].facts
        asks = ("customer_tags", "countries", "tiers")
        slow = self.customer._prepare_loyalty_b2b_facts(self.program, asks)
        self.assertEqual(
            {**facts, "tag_ids": list(facts["tag_ids"])},
            {**slow, "tier_id": slow["tier_id"] or None},
        )

    def test_the_wallet_is_that_of_the_query(self):
        self.env.invalidate_all()
        visit = self._visits(self.boss)[0]
        wallet = self.wallet.sudo().browse(visit.wallet_id)
        before = self.env.cr.sql_log_count
        self.assertEqual(wallet.program_id, self.program)
        self.assertEqual(wallet.partner_id, self.customer)
        self.assertEqual(wallet.state, "active")
        self.assertEqual(self.env.cr.sql_log_count, before)
