from odoo.exceptions import AccessError
from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestNotices(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.notices = True
        cls.other = cls._enrol(cls._create_customer("Inna", "7010001454"))
        cls.wallets = cls.wallet | cls.other

    def _get_notices(self, wallets=None):
        return self.env["loyalty.b2b.notice"].search(
            [("wallet_id", "in", (wallets or self.wallets).ids)], order="id"
        )

    # === QUEUE === #

    def test_a_wallet_is_told_once(self):
        self.assertEqual(self.wallets._notify("tier_reached", "gold", tier_id=7), 2)
        self.assertEqual(self.wallets._notify("tier_reached", "gold", tier_id=8), 0)
        notices = self._get_notices()
        self.assertEqual(notices.wallet_id, self.wallets)
        self.assertEqual(notices.mapped("data"), [{"tier_id": 7}] * 2)
        self.assertEqual(set(notices.mapped("state")), {"waiting"})
        self.assertEqual(set(notices.mapped("date_due")), {self.program._today()})

    def test_a_programme_without_messages_queues_none(self):
        self.program.notices = False
        self.wallets._notify("announced", "1")  # warm
        with self.assertQueryCount(0):
            self.assertEqual(self.wallets._notify("announced", "1"), 0)

    def test_a_control_group_is_told_nothing(self):
        self.other.is_control = True
        self.wallets._notify("announced", "1")
        self.assertEqual(self._get_notices().wallet_id, self.wallet)

    # === RIGHTS === #

    def test_nobody_writes_a_message_by_hand(self):
        self.wallet._notify("announced", "1")
        notice = self._get_notices()
        admin = self.env.user
        self.assertTrue(admin.has_group("loyalty_b2b.group_loyalty_b2b_admin"))
        for user in (admin, self.officer, self.salesperson):
            with self.subTest(user=user.login):
                mine = notice.with_user(user)
                self.assertEqual(mine.topic, "announced")
                with self.assertRaises(AccessError):
                    mine.write({"state": "sent"})
                with self.assertRaises(AccessError):
                    mine.unlink()

    def test_own_documents_only_means_own_messages_only(self):
        self.other.partner_id.user_id = self.sales_all
        self.wallets._notify("announced", "1")
        notices = self._get_notices()
        seen = notices.with_user(self.salesperson).search([("id", "in", notices.ids)])
        self.assertEqual(seen.wallet_id, self.wallet)
