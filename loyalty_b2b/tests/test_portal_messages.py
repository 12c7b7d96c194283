from odoo.tests import tagged

from .portal_common import LoyaltyB2bPortalCommon


@tagged("post_install", "-at_install")
class TestPortalMessages(LoyaltyB2bPortalCommon):
    """A person reads the own messages, and says how to get them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.notices = True
        cls.boss.partner_id.email = "boss@wisla.example"
        cls.buyer.partner_id.email = "buyer@wisla.example"
        cls._give_points(500)
        cls.wallet.sudo()._send_digests()
        cls.url = f"/my/loyalty/program/{cls.program.id}/messages"

    def _post(self, user, program=None, **data):
        """Send the form as a user, with the token of its page."""
        page = self._open(self.url, user)
        token = page.text.split('name="csrf_token" value="')[1].split('"')[0]
        return self.url_open(
            f"/my/loyalty/program/{(program or self.program).id}/channel",
            data={"csrf_token": token, **data},
            allow_redirects=False,
        )

    def test_one_reads_ones_own_messages(self):
        page = self._read(self.url)
        (mine,) = self.env["loyalty.b2b.digest"].search(
            [("partner_id", "=", self.boss.partner_id.id)]
        )
        self.assertEqual(page.xpath("//@data-message"), [str(mine.id)])
        self.assertIn("500\N{NO-BREAK SPACE}points", page.text_content())

    def test_points_of_whose_end_nobody_was_told_are_explained(self):
        lot = self._give_points(70, date_expiry="2020-01-31")
        self.wallet.sudo()._expire_told()
        moved = self.wallet.entry_ids.filtered(lambda e: e.root_entry_id == lot)
        page = self._read(f"/my/loyalty/program/{self.program.id}")
        self.assertIn("70 moved", self._row(page, lot))
        self.assertIn("No notice had been sent: usable until", self._row(page, moved))
        self.assertIn("70 available", self._row(page, moved))

    def test_others_read_theirs_or_none(self):
        page = self._read(self.url, self.stranger)
        self.assertEqual(page.xpath("//@data-message"), [])
        self.assertIn("No messages so far", self._text(page))
        answer = self._open(self.url, self.outsider)
        self.assertTrue(answer.headers["Location"].endswith("/my"))
        self.assertIn("/web/login", self._open(self.url).headers["Location"])

    def test_one_chooses_for_oneself(self):
        self.assertEqual(self._post(self.boss, channel="portal").status_code, 303)
        self.assertEqual(self.boss.partner_id.loyalty_b2b_channel, "portal")
        self.assertFalse(self.buyer.partner_id.loyalty_b2b_channel)
        checked = self._read(self.url).xpath("//input[@checked]/@value")
        self.assertEqual(checked, ["portal"])

    def test_odd_choices_change_nothing(self):
        for data in (
            {"channel": "sms"},
            {"channel": ""},
            {"partner_id": self.buyer.partner_id.id},
            {"channel": "portal'--", "partner_id": "1"},
        ):
            with self.subTest(data=data):
                self.assertEqual(self._post(self.boss, **data).status_code, 303)
                self.assertFalse(self.boss.partner_id.loyalty_b2b_channel)
                self.assertFalse(self.buyer.partner_id.loyalty_b2b_channel)

    def test_choices_need_the_token_of_the_page(self):
        self.authenticate(self.boss.login, self.boss.login)
        answer = self.url_open(
            f"/my/loyalty/program/{self.program.id}/channel",
            data={"channel": "portal"},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self.boss.partner_id.loyalty_b2b_channel)

    def test_choices_are_not_made_by_following_a_link(self):
        answer = self._open(
            f"/my/loyalty/program/{self.program.id}/channel?channel=portal", self.boss
        )
        self.assertEqual(answer.status_code, 405)

    def test_the_logo_of_mails_is_public_for_who_has_its_address(self):
        self.assertEqual(self._open(self.program._get_logo_path()).status_code, 200)
        for path in (
            f"/loyalty/{self.program.id}/0000000000000000/logo.png",
            f"/loyalty/{self.program.id + 1}/{self.program._get_logo_token()}/logo.png",
            f"/loyalty/{10**30}/x/logo.png",
        ):
            with self.subTest(path=path):
                self.assertEqual(self._open(path).status_code, 404)
