import re
from datetime import timedelta

from odoo import fields, http
from odoo.tests import tagged

from .approval_common import ApprovalCommon

LINK = re.compile(r'href="[^"]*(/loyalty/approval/[^"]+)"')


@tagged("post_install", "-at_install")
class TestApprovalsLink(ApprovalCommon):
    """Answering by the link of the mail, without signing in."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss.partner_id.parent_id = cls.customer

    def _link(self, user=None):
        return LINK.search(self._mails_to(user or self.boss)[0].body_html).group(1)

    def _post(self, url, **form):
        form["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=form, allow_redirects=False)

    def assertTellsNothing(self, page):
        self.assertEqual(page.status_code, 404)
        self.assertIn("nothing to answer", page.text)
        for words in ("Ewa", "2,000", self.order.name, "Wisła", "Club"):
            self.assertNotIn(words, page.text)

    def test_opening_the_link_decides_nothing(self):
        wish = self._wish()
        url = self._link()
        self.authenticate(None, None)
        for query in ("", "?verdict=accepted", "?verdict=refused&answer=x"):
            page = self.url_open(url + query)
            self.assertEqual(page.status_code, 200)
            self.assertIn("Ewa Buk", page.text)
            self.assertIn("You answer as Jan Boss", " ".join(page.text.split()))
            self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
            self.assertIn("no-store", page.headers["Cache-Control"])
        self.assertEqual(wish.state, "approve")

    def test_two_taps_on_a_phone(self):
        wish = self._wish()
        url = self._link()
        self.authenticate(None, None)
        done = self._post(url, verdict="accepted")
        self.assertEqual(done.status_code, 303)
        self.assertIn(
            "accepted by Jan Boss", self.url_open(done.headers["Location"]).text
        )
        self.assertEqual(wish.state, "reserved")
        self.assertEqual(wish.approval_ids.decided_by_id, self.boss.partner_id)
        self.assertEqual(wish.entry_ids.user_id, self.boss)
        public = self.env.ref("base.public_partner")
        self.assertNotIn(public, self.order.message_ids.author_id)

    def test_reducing_by_link(self):
        wish = self._wish()
        self.authenticate(None, None)
        url = self._link()
        page = self._post(url, verdict="reduced", points="2000")
        self.assertIn("from 1 to 1,999", page.text)
        self._post(url, verdict="reduced", points="1500", answer="Enough")
        self.assertEqual(wish.points, 1500)
        self.assertEqual(wish.approval_ids.answer, "Enough")

    def test_nonsense_changes_nothing(self):
        wish = self._wish()
        self.authenticate(None, None)
        url = self._link()
        for form in (
            {},
            {"verdict": "withdrawn"},
            {"verdict": "refused"},
            {"verdict": "reduced", "points": "-5"},
            {"verdict": "reduced", "points": "9" * 40},
            {"verdict": "reduced", "points": "1e3"},
        ):
            with self.subTest(form=form):
                self.assertEqual(self._post(url, **form).status_code, 200)
                self.assertFalse(wish.approval_ids.verdict)

    def test_typed_html_and_addresses_reach_nobody(self):
        wish = self._wish(reason="Fair")
        form = {"verdict": "refused", "answer": "See www.evil.example"}
        url = self._link()
        self.authenticate(None, None)
        page = self._post(url, **form)
        self.assertIn("without web addresses", page.text)
        self.assertEqual(wish.state, "approve")
        wish._withdraw()
        self.program.sales_approval = "always"
        wish = self._wish(user=self.boss, reason='<a href="/x">press</a>')
        (note,) = set(wish.activity_ids.mapped("note"))
        self.assertNotIn("<a", note)
        self.assertIn("press", note)

    def test_forged_over_and_used_links_tell_nothing(self):
        wish = self._wish()
        url = self._link()
        self.authenticate(None, None)
        for forged in ("x", "a" * 300, "%00", "ż", url[-40:], url[:-3] + "AAA"):
            address = (
                forged if forged.startswith("/") else f"/loyalty/approval/{forged}"
            )
            with self.subTest(url=address):
                self.assertTellsNothing(self.url_open(address))
                self.assertTellsNothing(self._post(address, verdict="accepted"))
        wish.sudo().approval_ids.date_end = fields.Datetime.now() - timedelta(minutes=1)
        self.assertTellsNothing(self.url_open(url))
        self.assertTellsNothing(self._post(url, verdict="accepted"))
        self.assertEqual(wish.state, "approve")

    def test_who_decides_no_more_reads_nothing(self):
        wish = self._wish()
        url = self._link()
        self.wallet._revoke(self.boss.partner_id, "Left", by=self.customer)
        self.authenticate(None, None)
        self.assertTellsNothing(self.url_open(url))
        self.assertTellsNothing(self._post(url, verdict="accepted"))
        self.assertEqual(wish.state, "approve")

    def test_a_link_is_void_once_the_address_has_changed(self):
        wish = self._wish()
        url = self._link()
        self.boss.partner_id.email = "jan.boss@wisla.example"
        self.authenticate(None, None)
        self.assertTellsNothing(self.url_open(url))
        self.assertTellsNothing(self._post(url, verdict="accepted"))
        self.assertEqual(wish.state, "approve")

    def test_a_colleague_redirects_no_link_to_himself(self):
        person, address = self.env["res.partner"].create(
            [
                {
                    "name": name,
                    "parent_id": self.customer.id,
                    "type": "other",
                    "email": email,
                }
                for name, email in (("Ola", "ola@wisla.example"), ("Hall", False))
            ]
        )
        form = {
            "name": "Ola",
            "email": "ewa@wisla.example",
            "phone": "+48 1",
            "street": "Long 1",
            "city": "Gdynia",
            "zip": "81-001",
            "country_id": self.env.ref("base.pl").id,
        }
        self.wallet._grant(person, "administers", by=self.customer)
        self.authenticate(self.buyer.login, self.buyer.login)
        refused = self._post("/my/address/submit", partner_id=person.id, **form)
        self.assertEqual(refused.status_code, 403)
        self.assertEqual(person.email, "ola@wisla.example")
        boss = self.boss.partner_id
        boss.type = "other"
        refused = self._post("/my/address/submit", partner_id=boss.id, **form)
        self.assertEqual(refused.status_code, 403)
        # mere addresses are everybody's still
        done = self._post("/my/address/submit", partner_id=address.id, **form)
        self.assertEqual(done.status_code, 200)
        self.assertEqual(address.city, "Gdynia")

    def test_the_second_reads_who_was_first(self):
        self.wallet._grant(
            self.branch_buyer.partner_id, "administers", by=self.customer
        )
        self.branch_buyer.partner_id.email = "b@wisla.example"
        wish = self._wish()
        url = self._link(self.branch_buyer)
        wish.approval_ids._answer("refused", answer="No", by=self.boss.partner_id)
        self.authenticate(None, None)
        self.assertTellsNothing(self.url_open(url))
        page = self._post(url, verdict="accepted")
        self.assertIn("already answered by Jan Boss", page.text)
        self.assertEqual(wish.state, "cancelled")

    def test_the_link_is_for_one_person_and_one_question(self):
        self.wallet._grant(
            self.branch_buyer.partner_id, "administers", by=self.customer
        )
        self.branch_buyer.partner_id.email = "b@wisla.example"
        self._wish()
        links = {self._link(self.boss), self._link(self.branch_buyer)}
        other = self._create_order([(self.product, 1, 100.0)])
        self._wish(order=other)
        links |= {self._link(self.boss), self._link(self.branch_buyer)}
        self.assertEqual(len(links), 4)

    def test_a_sent_mail_leaves_no_copy_of_the_link(self):
        self._wish()
        mail = self._mails_to(self.boss)
        self.assertTrue(mail.auto_delete)
        self.assertFalse(mail.is_notification)
        self.assertFalse(mail.mail_message_id.model)


@tagged("post_install", "-at_install")
class TestApprovalsPortal(ApprovalCommon):
    """Answering in the portal, signed in."""

    def _post(self, url, user, **form):
        self.authenticate(user.login, user.login)
        form["csrf_token"] = http.Request.csrf_token(self)
        return self.url_open(url, data=form, allow_redirects=False)

    @property
    def _list_url(self):
        return f"/my/loyalty/program/{self.program.id}/approvals"

    def test_the_list_is_for_administrators(self):
        wish = self._wish()
        text = self._text(self._read(self._list_url))
        self.assertIn("Ewa Buk", text)
        self.assertIn("2,000 points", text)
        wish.approval_ids._answer("refused", answer="No", by=self.boss.partner_id)
        text = self._text(self._read(self._list_url))
        self.assertIn("Nothing waits for you", text)
        self.assertIn("Refused", text)
        for user in (self.buyer, self.stranger, self.outsider, self.salesperson):
            self.assertEqual(self._open(self._list_url, user).status_code, 303)

    def test_the_wallet_page_counts_what_waits_without_a_query(self):
        before = self._text(self._read("/my/loyalty"))
        self.assertIn("Approvals", before)
        self._wish()
        page = self._read("/my/loyalty")
        (tab,) = page.xpath("//a[@name='approvals']")
        self.assertEqual(self._text(tab), "Approvals1")
        self.assertFalse(
            self._read("/my/loyalty", self.buyer).xpath("//a[@name='approvals']")
        )

    def test_answering_in_the_portal(self):
        wish = self._wish()
        url = f"/my/loyalty/approval/{wish.approval_ids.id}"
        self.assertIn("Accept 2,000 points", self._text(self._read(url)))
        done = self._post(url, self.boss, verdict="reduced", points="1500")
        self.assertEqual(done.status_code, 303)
        self.assertEqual(wish.points, 1500)
        page = self._post(url, self.boss, verdict="refused", answer="No")
        self.assertIn("already answered by Jan Boss", page.text)
        self.assertEqual(wish.state, "reserved")

    def test_others_cannot_answer(self):
        wish = self._wish()
        question = wish.approval_ids
        for user in (self.buyer, self.stranger, self.outsider, self.salesperson):
            for number in (question.id, 0, 2**31, 10**30):
                url = f"/my/loyalty/approval/{number}"
                with self.subTest(user=user.login, number=number):
                    self.assertEqual(self._open(url, user).status_code, 303)
                    done = self._post(url, user, verdict="accepted")
                    self.assertEqual(done.status_code, 303)
        self.assertFalse(question.verdict)

    def test_nobody_agrees_to_his_own_wish(self):
        self.wallet._grant(self.boss.partner_id, "administers", limit_order=500)
        self.wallet._grant(self.branch_buyer.partner_id, "administers")
        wish = self._wish(2000, user=self.boss)
        url = f"/my/loyalty/approval/{wish.approval_ids.id}"
        self.assertIn("your own wish", self._text(self._read(url)))
        self._post(url, self.boss, verdict="accepted")
        self.assertFalse(wish.approval_ids.verdict)
        self._post(url, self.branch_buyer, verdict="accepted")
        self.assertEqual(wish.state, "reserved")
