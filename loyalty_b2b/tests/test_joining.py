from odoo.exceptions import AccessError, UserError
from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .portal_common import LoyaltyB2bPortalCommon


@tagged("post_install", "-at_install")
class TestJoining(LoyaltyB2bPortalCommon, HttpCase):
    """An invited company joins in the portal, or staff say that it did."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"welcome_points": 500, "terms": "<p>Be nice.</p>"})
        cls.wallet.sudo().write({"state": "invited", "date_active": False})
        cls.url = f"/my/loyalty/program/{cls.program.id}/join"

    def _join(self, user, token=None, **data):
        self.authenticate(user.login, user.login)
        token = Request.csrf_token(self) if token is None else token
        return self.url_open(
            self.url,
            {"csrf_token": token, "accept": "yes", **data},
            allow_redirects=False,
        )

    def test_the_page_says_what_is_promised(self):
        text = self._text(self._read(self.url))
        for words in (self.customer.name, "500", "for joining", "Be nice."):
            self.assertIn(words, text)
        page = self._read("/my/loyalty")
        self.assertEqual(page.xpath("//a[@name='loyalty_join']/@href"), [self.url])

    def test_who_took_part_before_is_promised_no_welcome(self):
        self.wallet.sudo().date_active = "2026-01-01"
        self.assertNotIn("for joining", self._text(self._read(self.url)))

    def test_a_person_joins_for_the_company(self):
        answer = self._join(self.buyer)
        self.assertTrue(answer.headers["Location"].endswith("?joined=1"))
        wallet = self.wallet
        wallet.invalidate_recordset()
        self.assertEqual(wallet.state, "active")
        self.assertEqual(wallet.joined_by_id, self.buyer.partner_id)
        self.assertIn("Be nice.", wallet.joined_terms)
        self.assertTrue(wallet.joined_at)
        page = self._text(self._read("/my/loyalty?joined=1"))
        self.assertIn("can use your points", page)
        self.assertWallet(available=500)

    def test_what_was_accepted_stays_when_the_terms_change(self):
        self._join(self.boss)
        self.program.terms = "<p>New terms</p>"
        self.assertIn("Be nice.", self.wallet.joined_terms)

    def test_a_second_click_changes_nothing(self):
        self._join(self.boss)
        first = self.wallet.joined_at
        answer = self._join(self.buyer)
        self.assertEqual(answer.status_code, 303)
        self.wallet.invalidate_recordset()
        self.assertEqual(self.wallet.joined_at, first)
        self.assertEqual(self.wallet.joined_by_id, self.boss.partner_id)
        self.assertWallet(available=500)

    def test_nobody_joins_without_the_box_or_the_token(self):
        answer = self._join(self.boss, accept="")
        self.assertTrue(answer.headers["Location"].endswith("/join?unread=1"))
        with mute_logger("odoo.http"):
            self.assertEqual(self._join(self.boss, token="wrong").status_code, 400)
        self.assertEqual(self.wallet.state, "invited")

    def test_others_do_not_join_for_the_company(self):
        for user in (self.stranger, self.outsider, self.salesperson):
            with self.subTest(user=user.login):
                self.assertEqual(self._join(user).status_code, 303)
                self.assertEqual(self.wallet.state, "invited")
        page = self._open(self.url)
        self.assertIn("/web/login", page.headers["Location"])

    def test_a_page_of_a_wallet_that_takes_part_leads_to_the_points(self):
        self.wallet.state = "active"
        page = self._open(self.url, self.boss)
        self.assertTrue(page.headers["Location"].endswith(str(self.program.id)))

    def test_a_suspended_wallet_does_not_join_by_itself(self):
        self.wallet.state = "suspended"
        self._join(self.boss)
        self.assertEqual(self.wallet.state, "suspended")
        with self.assertRaisesRegex(UserError, "not invited"):
            self.wallet._accept()

    # === STAFF === #

    def _say_joined(self, user, reason="Signed at the fair"):
        values = {"wallet_id": self.wallet.id, "reason": reason}
        wizard = self.env["loyalty.b2b.join"].with_user(user).create(values)
        return wizard.action_join()

    def test_an_officer_says_how_the_company_agreed(self):
        action = self.wallet.with_user(self.officer).action_activate()
        self.assertEqual(action["res_model"], "loyalty.b2b.join")
        with self.assertRaisesRegex(UserError, "Say how"):
            self._say_joined(self.officer, reason=" ")
        self._say_joined(self.officer)
        self.assertEqual(self.wallet.state, "active")
        self.assertEqual(self.wallet.joined_reason, "Signed at the fair")
        self.assertWallet(available=500)

    def test_a_salesperson_does_not(self):
        with self.assertRaises(AccessError):
            self._say_joined(self.salesperson)

    # === MESSAGES === #

    def test_people_are_told_once_that_they_are_invited_and_joined(self):
        self.program.notices = True
        partner = self._create_customer("Budmax", "7010202000")
        wallet = self._enrol(partner, state="invited")
        self._enrol(partner, state="invited")
        wallet._accept(reason="By phone")
        wallet.action_suspend()
        wallet.action_activate()
        notices = self.env["loyalty.b2b.notice"].search([("wallet_id", "=", wallet.id)])
        self.assertEqual(sorted(notices.mapped("topic")), ["invited", "joined"])
