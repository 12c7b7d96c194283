from odoo.tests import tagged

from .message_common import LoyaltyB2bMessageCommon


@tagged("post_install", "-at_install")
class TestPeopleNotices(LoyaltyB2bMessageCommon):
    """Who may see the points is told of them; who only collects is not."""

    def _people(self):
        self.env.flush_all()
        return self.wallet._get_notice_people()[self.wallet.id]

    def test_colleagues_are_told_if_they_see(self):
        self.assertEqual(self._people(), self.anna)

    def test_colleagues_who_only_collect_are_not_told(self):
        self.program.colleague_role = "collects"
        self.customer.email = "office@wisla.example"
        self.assertEqual(self._people(), self.customer)

    def test_persons_who_see_are_told_though_colleagues_are_not(self):
        self.program.colleague_role = "collects"
        ola = self._create_reader("ola")
        self.wallet._grant(ola, "sees")
        self.assertEqual(self._people(), ola)

    def test_a_person_who_only_collects_is_not_told_though_colleagues_are(self):
        ola = self._create_reader("ola")
        self.wallet._grant(ola, "collects")
        self.assertEqual(self._people(), self.anna)

    def test_who_has_a_role_is_told_without_portal_access(self):
        boss = self.env["res.partner"].create(
            {
                "name": "Boss",
                "email": "boss@wisla.example",
                "parent_id": self.customer.id,
            }
        )
        self.assertEqual(self._people(), self.anna)
        self.wallet._grant(boss, "administers")
        self.assertEqual(self._people(), self.anna | boss)
        self.wallet._revoke(boss)
        self.assertEqual(self._people(), self.anna)

    def test_who_moved_is_told_nothing_of_the_old_company(self):
        self.wallet._grant(self.anna, "uses")
        ola = self._create_reader("ola")
        self.anna.parent_id = self._create_customer("Skład Odra", "5213017228")
        self.assertEqual(self._people(), ola)

    def test_a_message_goes_to_who_sees(self):
        ola = self._create_reader("ola")
        self.wallet._grant(ola, "collects")
        self._tell()
        self.assertEqual(self._send().partner_id, self.anna)

    def test_one_query_for_all_wallets(self):
        wallets = self.wallet
        for name in ("A", "B", "C"):
            wallets |= self._enrol(self._create_customer(name))
        wallets._query_notice_people()
        with self.assertQueryCount(1):
            wallets._query_notice_people()
