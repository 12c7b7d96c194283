from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .folk_common import LoyaltyB2bFolkCommon


@tagged("post_install", "-at_install")
class TestTerms(LoyaltyB2bFolkCommon):
    """Terms are accepted by version; use goes on meanwhile."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.terms = "<p>Be nice.</p>"
        cls.url = f"/my/loyalty/program/{cls.program.id}"
        cls._give_points(500)

    def _ask_again(self, terms="<p>Be very nice.</p>"):
        self.program.terms = terms
        self.program.notices = True
        wizard = self.env["loyalty.b2b.tell"].create(
            {
                "program_id": self.program.id,
                "day": "2030-01-01",
                "text": "Be very nice",
                "asks_acceptance": True,
            }
        )
        wizard.action_tell()

    def _accept(self, user, **data):
        data = {"accept": "yes", "version": self.program.terms_version, **data}
        return self._post(user, f"{self.url}/terms", page=self.people_url, **data)

    def _get_rows(self):
        return self.env["loyalty.b2b.consent"].search(
            [("wallet_id", "=", self.wallet.id), ("kind", "=", "terms")]
        )

    def test_joining_writes_down_what_was_accepted(self):
        self.wallet.state = "invited"
        self.wallet._accept(person=self.boss.partner_id)
        (row,) = self._get_rows()
        self.assertEqual((row.version, row.source), (1, "portal"))
        self.assertEqual(row.partner_id, self.boss.partner_id)
        self.assertIn("Be nice.", row.text)

    def test_staff_write_down_how_it_was_accepted(self):
        self.wallet.state = "invited"
        self.wallet._accept(reason="Signed at a fair")
        (row,) = self._get_rows()
        self.assertEqual((row.source, row.note), ("staff", "Signed at a fair"))
        self.assertFalse(row.partner_id)

    def test_new_terms_are_shown_and_accepted_once(self):
        self._make_boss()
        page = self._read(self.url)
        self.assertFalse(page.xpath("//a[@name='loyalty_terms']"))
        self._ask_again()
        self.assertEqual(self.program.terms_version, 2)
        self.assertTrue(self._read(self.url).xpath("//a[@name='loyalty_terms']"))
        for _time in range(2):
            self._accept(self.boss)
        (row,) = self._get_rows()
        self.assertEqual((row.version, row.name), (2, "Anna Nowak"))
        self.assertIn("Be very nice.", row.text)
        self.assertEqual(self.wallet.terms_version, 2)
        self.assertFalse(self._read(self.url).xpath("//a[@name='loyalty_terms']"))
        page = self._text(self._read(f"{self.url}/terms"))
        self.assertIn("Accepted by Anna Nowak", page)

    def test_only_who_decides_accepts(self):
        self._make_boss()
        self._ask_again()
        page = self._text(self._read(f"{self.url}/terms", self.buyer))
        self.assertIn("Anna Nowak can accept", page)
        for user in (self.buyer, self.stranger, self.outsider):
            self._accept(user)
        self.assertFalse(self._get_rows().filtered(lambda r: r.version == 2))
        self.assertEqual(self.wallet.terms_version, 1)

    def test_where_nobody_decides_who_accepts_asks_to(self):
        self._ask_again()
        self._accept(self.buyer)
        self.assertEqual(self.wallet.terms_version, 2)
        self.assertEqual(self.wallet.request_ids.partner_id, self.buyer.partner_id)

    def test_what_was_read_before_is_not_accepted_for_what_is_new(self):
        self._make_boss()
        self._ask_again()
        for data in ({"version": 1}, {"accept": ""}, {"version": "x"}):
            with self.subTest(data=data):
                answer = self._accept(self.boss, **data)
                self.assertTrue(answer.headers["Location"].endswith("?unread=1"))
                self.assertEqual(self.wallet.terms_version, 1)

    def test_points_are_used_meanwhile(self):
        self._ask_again()
        self.assertFalse(self.wallet._get_use_refusal())

    def test_an_edit_is_no_new_version_by_itself(self):
        self.program.terms = "<p>Be nice!</p>"
        self.assertEqual(self.program.terms_version, 1)
        self.assertFalse(self.wallet._has_new_terms())

    def test_who_comes_later_is_not_asked_for_old_news(self):
        self._ask_again()
        wallet = self._enrol(self._create_customer("Budmax", "7010202000"))
        self.assertEqual(wallet.terms_version, 2)

    def test_versions_are_not_typed_in(self):
        admin = self.env.user
        for values in ({"terms_version": 9}, {"offers_version": 9}):
            with self.assertRaises(AccessError):
                self.program.with_user(admin).write(values)
        with self.assertRaises(UserError):
            self.wallet.with_user(self.officer).write({"terms_version": 9})

    def test_where_messages_are_off_the_portal_asks(self):
        wizard = self.env["loyalty.b2b.tell"].create(
            {"program_id": self.program.id, "text": "x", "asks_acceptance": True}
        )
        with self.assertRaises(UserError):
            wizard.action_tell()
        wizard.action_ask_acceptance()
        self.assertEqual(self.program.terms_version, 2)
        with self.assertRaises(AccessError):
            wizard.with_user(self.officer).action_ask_acceptance()

    def test_the_notice_on_data_is_shown_beside_the_terms(self):
        for page in ("rules", "terms"):
            with self.subTest(page=page):
                url = f"{self.url}/{page}"
                self.program.data_use = "<p><br></p>"
                self.assertNotIn("Use of data", self._text(self._read(url)))
                self.program.data_use = "<p>We keep your name.</p>"
                self.assertIn("We keep your name.", self._text(self._read(url)))
        self.wallet.state = "invited"
        page = self._read(f"{self.url}/join")
        self.assertIn("We keep your name.", self._text(page))


@tagged("post_install", "-at_install")
class TestConsents(LoyaltyB2bFolkCommon):
    """People agree by kind and channel, and take it back at any time."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = f"/my/loyalty/program/{cls.program.id}"

    def _send(self, user, act="give", kind="offers", channel="email", **data):
        return self._post(
            user,
            f"{self.url}/consent",
            page=f"{self.url}/messages",
            act=act,
            kind=kind,
            channel=channel,
            **data,
        )

    def _get_rows(self, user=None):
        return self.env["loyalty.b2b.consent"].search(
            [("partner_id", "=", (user or self.boss).partner_id.id)]
        )

    def test_a_consent_is_given_and_withdrawn(self):
        answer = self._send(self.boss)
        self.assertEqual(answer.status_code, 303)
        (row,) = self._get_rows()
        self.assertEqual(
            (row.kind, row.channel, row.version, row.source, row.name),
            ("offers", "email", 1, "portal", "Anna Nowak"),
        )
        self.assertIn("sends me offers and news by e-mail", row.text)
        self.assertTrue(row.given_at)
        self._send(self.boss, "withdraw")
        self.assertTrue(row.withdrawn_at)
        self.assertEqual(row.withdrawn_source, "portal")
        page = self._text(self._read(f"{self.url}/messages"))
        self.assertIn("withdrawn on", page)

    def test_twice_is_once(self):
        for _time in range(2):
            self._send(self.boss, channel="phone")
        self.assertEqual(len(self._get_rows()), 1)
        for _time in range(2):
            self._send(self.boss, "withdraw", channel="phone")
        self.assertEqual(len(self._get_rows()), 1)

    def test_one_agrees_for_oneself_only(self):
        self._send(self.boss, partner_id=self.buyer.partner_id.id)
        self.assertFalse(self._get_rows(self.buyer))
        self._send(self.buyer, "withdraw", partner_id=self.boss.partner_id.id)
        self.assertFalse(self._get_rows().withdrawn_at)

    def test_who_only_collects_withdraws_too(self):
        self.wallet._give_consent(self.buyer.partner_id, "offers", "email")
        self._give_points(54321)
        self.wallet._grant(self.buyer.partner_id, "collects")
        url = f"/my/loyalty/program/{self.program.id}"
        page = self._read(f"{url}/messages", self.buyer)
        self.assertTrue(page.xpath("//*[@id='consents']"))
        self.assertFalse(page.xpath("//*[@name='how_it_works' or @name='messages']"))
        self.assertFalse(page.xpath("//*[@aria-labelledby='loyalty_b2b_messages']"))
        self.assertFalse(page.xpath("//form[contains(@action, 'channel')]"))
        self.assertNotIn("54,321", self._text(page))
        data = {"kind": "offers", "channel": "email", "act": "withdraw"}
        self._post(self.buyer, f"{url}/consent", page=f"{url}/messages", **data)
        consent = self.wallet.consent_ids.filtered(
            lambda one: one.partner_id == self.buyer.partner_id
        )
        self.assertTrue(consent.withdrawn_at)
        # the other pages stay shut
        answer = self._open(url, self.buyer)
        self.assertTrue(answer.headers["Location"].endswith("/my"))

    def test_odd_kinds_and_channels_change_nothing(self):
        for data in (
            {"kind": "terms"},
            {"kind": "messages"},
            {"channel": "fax"},
            {"channel": ""},
            {"act": ""},
            {"act": "delete"},
        ):
            with self.subTest(data=data):
                self.assertEqual(self._send(self.boss, **data).status_code, 303)
                self.assertFalse(self._get_rows())

    def test_another_text_is_another_version(self):
        self._send(self.boss)
        self.program.offers_text = "At most twice a month."
        self.assertEqual(self.program.offers_version, 2)
        page = self._read(f"{self.url}/messages")
        form = page.xpath("//form[@name='loyalty_consent_email']")[0]
        self.assertNotIn("twice a month", self._text(form), "words of then")
        form = page.xpath("//form[@name='loyalty_consent_phone']")[0]
        self.assertIn("twice a month", self._text(form))
        self._send(self.boss, channel="phone")
        self.assertEqual(sorted(self._get_rows().mapped("version")), [1, 2])

    def test_the_way_one_is_told_is_written_down(self):
        for channel in ("email", "portal"):
            self._post(
                self.boss,
                f"{self.url}/channel",
                page=f"{self.url}/messages",
                channel=channel,
            )
            self.assertEqual(self.boss.partner_id.loyalty_b2b_channel, channel)
        (row,) = self._get_rows()
        self.assertEqual((row.kind, row.channel), ("messages", "email"))
        self.assertTrue(row.withdrawn_at)

    # === STAFF === #

    def _note(self, user, **values):
        values = {
            "wallet_id": self.wallet.id,
            "partner_id": self.boss.partner_id.id,
            "note": "Form at our fair",
            **values,
        }
        wizard = self.env["loyalty.b2b.consent.note"].with_user(user).create(values)
        return wizard.action_note()

    def test_staff_record_what_a_person_said(self):
        self._note(self.salesperson, consent="offers_phone")
        (row,) = self._get_rows()
        self.assertEqual(
            (row.channel, row.source, row.note), ("phone", "staff", "Form at our fair")
        )
        self._note(
            self.salesperson, consent="offers_phone", act="withdraw", note="By phone"
        )
        self.assertEqual(
            (row.withdrawn_source, row.withdrawn_note), ("staff", "By phone")
        )
        self._note(self.salesperson, consent="messages_email", act="withdraw")
        self.assertEqual(self.boss.partner_id.loyalty_b2b_channel, "portal")

    def test_staff_record_that_terms_were_accepted(self):
        self.program.terms = "<p>Be nice.</p>"
        self.program._ask_acceptance()
        self.assertTrue(self.wallet._has_new_terms())
        self._note(self.salesperson, consent="terms")
        self.assertFalse(self.wallet._has_new_terms())
        self.assertEqual(self._get_rows().version, 2)
        with self.assertRaisesRegex(UserError, "leaves the programme"):
            self._note(self.salesperson, consent="terms", act="withdraw")

    def test_staff_say_how_they_know_and_of_whom(self):
        with self.assertRaisesRegex(UserError, "Say how you know"):
            self._note(self.salesperson, note=" ")
        for partner in (self.stranger.partner_id, self.env["res.partner"]):
            with self.assertRaisesRegex(UserError, "Choose a person"):
                self._note(self.salesperson, partner_id=partner.id)

    def test_others_record_nothing(self):
        self.customer.user_id = self.officer
        for user in (self.salesperson, self.boss):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._note(user)
        row = self.wallet._give_consent(self.boss.partner_id, "offers", "email")
        for user in (self.officer, self.env.user):
            for act in (lambda r: r.write({"version": 9}), lambda r: r.unlink()):
                with self.subTest(user=user.login), self.assertRaises(AccessError):
                    act(row.with_user(user))
