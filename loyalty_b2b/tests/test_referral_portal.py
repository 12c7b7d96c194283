from datetime import timedelta

from odoo.http import Request
from odoo.tests import HttpCase, tagged
from odoo.tools import mute_logger

from .portal_common import LoyaltyB2bPortalCommon


class ReferralPortalCommon(LoyaltyB2bPortalCommon, HttpCase):
    """A programme with referrals, and people who send forms."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write(
            {
                "referral_mode": "fixed",
                "referral_points": 1000,
                "terms": "<p>Be nice.</p>",
            }
        )
        cls.url = f"/my/loyalty/program/{cls.program.id}/recommend"
        cls.referrals = cls.env["loyalty.b2b.referral"].sudo()

    def _send(self, url, user=None, token=None, **data):
        login = user.login if user else None
        self.authenticate(login, login)
        token = Request.csrf_token(self) if token is None else token
        return self.url_open(url, {"csrf_token": token, **data}, allow_redirects=False)

    def _recommend(self, user=None, **data):
        data = {"name": "Budmax", "email": "jan@budmax.test", **data}
        return self._send(self.url, user or self.boss, **data)

    def _find(self, **terms):
        domain = [(name, "=", value) for name, value in terms.items()]
        return self.referrals.search([("wallet_id", "=", self.wallet.id), *domain])


@tagged("post_install", "-at_install")
class TestRecommend(ReferralPortalCommon):
    """Customers recommend companies in the portal."""

    def test_the_page_says_what_it_brings(self):
        page = self._read("/my/loyalty")
        self.assertEqual(page.xpath("//a[@name='recommend_us']/@href"), [self.url])
        self.assertIn("1,000 points", self._text(self._read(self.url)))

    def test_a_person_recommends_a_company_and_it_is_written_to(self):
        self.boss.partner_id.name = "Anna Nowak"
        answer = self._recommend(contact_name="Jan Kowalski", tax_id="7010202000")
        referral = self._find()
        self.assertTrue(answer.headers["Location"].endswith(f"?shown={referral.id}"))
        self.assertEqual(referral.state, "invited")
        self.assertEqual(referral.inviter_id, self.boss.partner_id)
        self.assertEqual(referral.tax_key, "PL:7010202000")
        mail = self.env["mail.mail"].sudo().search([("res_id", "=", referral.id)])
        mail = mail.filtered(lambda m: m.model == "loyalty.b2b.referral")
        self.assertEqual(mail.email_to, "jan@budmax.test")
        for words in ("Anna Nowak", self.customer.name, "Budmax", referral.token):
            self.assertIn(words, mail.body_html)
        page = self._read(f"{self.url}?shown={referral.id}")
        self.assertIn("the invitation is on its way", self._text(page))
        row = page.xpath(f"//li[@data-referral='{referral.id}']")[0]
        self.assertIn("Invited; can join until", self._text(row))

    def test_a_replayed_form_counts_once(self):
        for _turn in range(3):
            self._recommend()
        self.assertEqual(len(self._find()), 1)

    def test_a_company_that_buys_from_us_is_not_told_about(self):
        self.other_customer.email = "office@odra.test"
        self._recommend(email="office@odra.test")
        referral = self._find()
        self.assertEqual((referral.state, referral.refusal), ("refused", "takes_part"))
        self.assertFalse(
            self.env["mail.mail"].sudo().search([("res_id", "=", referral.id)])
        )
        text = self._text(self._read(f"{self.url}?shown={referral.id}"))
        self.assertIn("we know this company already", text)
        self.assertNotIn("takes part in the programme already", text)

    def test_who_wants_no_mail_gets_none(self):
        self.env["mail.blacklist"].sudo().create({"email": "jan@budmax.test"})
        self._recommend()
        self.assertFalse(self._find().date_sent)

    def test_what_cannot_be_read_is_said_and_kept_in_the_form(self):
        for data, words in (
            ({"name": " "}, "name of the company"),
            ({"email": "jan"}, "valid e-mail address"),
            ({"email": "a@b.test, c@d.test"}, "valid e-mail address"),
            ({"email": "a@b.test\r\nBcc: c@d.test"}, "valid e-mail address"),
            ({"name": "Win at https://evil.test"}, "web addresses"),
            ({"contact_name": "www.evil.test"}, "web addresses"),
        ):
            with self.subTest(data=data):
                page = self._recommend(**data)
                self.assertEqual(page.status_code, 200)
                self.assertIn(words, page.text)
                self.assertFalse(self._find())

    def test_what_is_typed_in_is_not_run(self):
        page = self._recommend(email="<script>x</script>")
        self.assertNotIn("<script>x", page.text)
        self._recommend(
            contact_name="{{ 7 * 7 }}", name="${7*7} <t/>".replace("<t/>", "")
        )
        mail = self.env["mail.mail"].sudo().search([], order="id desc", limit=1)
        self.assertIn("{{ 7 * 7 }}", mail.body_html)
        self.assertNotIn("49,", mail.body_html)

    def test_huge_and_odd_input_makes_one_line_of_a_hundred_letters(self):
        self._recommend(
            name="x" * 10**5, contact_name="Jan\nBcc: x\0y", tax_id="-1" * 999
        )
        referral = self._find()
        self.assertEqual(len(referral.name), 100)
        self.assertNotIn("\n", referral.contact_name)
        for odd in ("?shown=-1", "?shown=99999999999999999999", "?shown=x'--"):
            self._read(self.url + odd)

    def test_a_form_does_not_set_other_fields(self):
        self._recommend(
            state="rewarded", points="5000", wallet_id=str(self.other_wallet.id)
        )
        referral = self._find()
        self.assertEqual((referral.state, int(referral.points)), ("invited", 0))

    def test_a_day_has_its_limit(self):
        for number in range(10):
            self._recommend(email=f"jan@company{number}.test")
        page = self._recommend(email="jan@more.test")
        self.assertIn("Go on tomorrow", page.text)
        self.assertEqual(len(self._find()), 10)
        self._find()[0].date_invited -= timedelta(days=2)
        self._recommend(email="jan@more.test")
        self.assertEqual(len(self._find()), 11)

    # === WHO MAY === #

    def test_others_recommend_for_themselves_only(self):
        self._recommend(self.stranger)
        self.assertFalse(self._find())
        self.assertEqual(self.referrals.search([]).wallet_id, self.other_wallet)
        self.assertNotIn("Budmax", self._text(self._read(self.url)))

    def test_outsiders_staff_and_visitors_do_not(self):
        for user in (self.outsider, self.salesperson):
            with self.subTest(user=user.login):
                self.assertEqual(self._recommend(user).status_code, 303)
                self.assertEqual(self._open(self.url, user).status_code, 303)
        self.assertIn("/web/login", self._open(self.url).headers["Location"])
        self.assertFalse(self.referrals.search([]))

    def test_a_form_without_its_token_is_refused(self):
        with mute_logger("odoo.http"):
            self.assertEqual(self._recommend(token="wrong").status_code, 400)
        self.assertFalse(self._find())

    def test_an_invited_company_does_not_recommend_yet(self):
        self.wallet.state = "invited"
        text = self._text(self._read(self.url))
        self.assertIn("as soon as you take part yourself", text)
        self.assertIn("cannot recommend", self._recommend().text)
        self.assertFalse(self._find())

    def test_without_referrals_there_is_no_page(self):
        self.program.referral_mode = "none"
        self.assertEqual(self._open(self.url, self.boss).status_code, 303)
        self.assertEqual(self._recommend().status_code, 303)
        page = self._read("/my/loyalty")
        self.assertFalse(page.xpath("//a[@name='recommend_us']"))


@tagged("post_install", "-at_install")
class TestInvitation(ReferralPortalCommon):
    """A recommended company reads the promise and joins, or asks to."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.welcome_points = 500
        cls.referral = cls.referrals.create(
            {
                "wallet_id": cls.wallet.id,
                "name": "Budmax",
                "email": "jan@budmax.test",
            }
        )
        cls.landing = f"/loyalty/invitation/{cls.referral.token}"
        cls.asked = {
            "name": "Budmax Sp. z o.o.",
            "tax_id": "7010202000",
            "contact": "Jan Kowalski",
            "email": "jan@budmax.test",
            "accept": "yes",
        }

    def _ask(self, **data):
        return self._send(f"{self.landing}/ask", **{**self.asked, **data})

    def _join(self, user, **data):
        return self._send(f"{self.landing}/join", user, **{"accept": "yes", **data})

    # === STRANGERS === #

    def test_a_stranger_reads_the_promise(self):
        page = self._open(self.landing)
        self.assertEqual(page.status_code, 200)
        for words in (self.customer.name, self.company.name, "for joining", "Be nice."):
            self.assertIn(words, page.text)
        logo = self._open(f"{self.landing}/logo")
        self.assertEqual(logo.status_code, 200)
        self.assertIn("image/", logo.headers["Content-Type"])

    def test_a_stranger_asks_and_staff_are_told(self):
        contacts = self.env["res.partner"].sudo().search_count([])
        self.assertEqual(self._ask().status_code, 303)
        self.assertEqual(self.referral.state, "asked")
        self.assertEqual(self.referral.asked_tax_id, "7010202000")
        self.assertEqual(self.referral.activity_ids.user_id, self.env.user)
        self.assertEqual(self.env["res.partner"].sudo().search_count([]), contacts)
        self.assertIn("We have your request", self._open(self.landing).text)
        left = self.referral.activity_ids.create_uid | self.referral.write_uid
        self.assertFalse(left.filtered("share"), "staff may not read that user")

    def test_asked_again_nothing_changes(self):
        self._ask()
        self._ask(name="Somebody else")
        self.assertEqual(self.referral.asked_name, "Budmax Sp. z o.o.")
        self.assertEqual(len(self.referral.activity_ids), 1)

    def test_what_is_missing_is_said(self):
        for data, words in (
            ({"name": ""}, "name of your company"),
            ({"contact": "\0 "}, "name of your company"),
            ({"email": "x"}, "valid e-mail"),
            ({"accept": ""}, "tick the box"),
        ):
            with self.subTest(data=data):
                page = self._ask(**data)
                self.assertEqual(page.status_code, 200)
                self.assertIn(words, page.text)
        self.assertEqual(self.referral.state, "invited")

    def test_huge_input_is_cut_and_nothing_is_run(self):
        self._ask(name="<script>x</script>" + "y" * 10**5, phone="-1" * 500)
        self.assertEqual(len(self.referral.asked_name), 100)
        self.assertNotIn("<script>x", self._open(self.landing).text)
        note = self.referral.activity_ids.note or ""
        self.assertNotIn("<script>", note)

    def test_wrong_and_expired_tokens_look_alike(self):
        wrong = self._open("/loyalty/invitation/" + "x" * 32)
        with self.on(self.referral.date_expiry + timedelta(days=1)):
            over = self._open(self.landing)
        self.assertEqual((wrong.status_code, over.status_code), (404, 404))
        for page in (wrong, over):
            self.assertIn("holds no longer", page.text)
            self.assertNotIn(self.customer.name, page.text)
        for odd in ("x", "-1", "0", "%00" * 20, "x" * 5000, "1' OR '1'='1"):
            with self.subTest(odd=odd[:20]):
                page = self._open(f"/loyalty/invitation/{odd}")
                self.assertEqual(page.status_code, 404)
        self.assertEqual(
            self._open(f"/loyalty/invitation/{'x' * 32}/logo").status_code, 404
        )

    def test_ended_invitations_do_nothing(self):
        for state in ("refused", "lapsed", "joined", "rewarded"):
            with self.subTest(state=state):
                self.referral.state = state
                self.assertEqual(self._open(self.landing).status_code, 404)
                self._ask()
                self._join(self.outsider)
                self.assertEqual(self.referral.state, state)
                self.assertFalse(self.referral.date_asked)

    def test_a_form_without_its_token_is_refused(self):
        with mute_logger("odoo.http"):
            self.assertEqual(self._ask(token="wrong").status_code, 400)
            self.assertEqual(self._join(self.outsider, token="x").status_code, 400)
        self.assertEqual(self.referral.state, "invited")

    def test_visitors_do_not_join_at_once(self):
        self.assertIn("/web/login", self._join(None).headers["Location"])
        self.assertEqual(self.referral.state, "invited")

    # === PORTAL USERS === #

    def test_a_portal_user_of_a_new_company_joins_at_once(self):
        page = self._open(self.landing, self.outsider)
        self.assertIn("Not Enrolled Ltd", page.text)
        answer = self._join(self.outsider)
        self.assertIn("joined=1", answer.headers["Location"])
        self.assertEqual(self.referral.state, "joined")
        wallet = self.referral.referred_wallet_id
        self.assertEqual(wallet.partner_id.name, "Not Enrolled Ltd")
        self.assertEqual(wallet.joined_by_id, self.outsider.partner_id)
        self.assertIn("Be nice.", wallet.joined_terms)
        self.assertWallet(wallet, available=500)
        self.assertEqual(self._join(self.outsider).status_code, 404)

    def test_who_takes_part_or_recommends_does_not_join(self):
        for user in (self.stranger, self.boss):
            with self.subTest(user=user.login):
                self.assertIn("as we know it already", self._join(user).text)
                self.assertEqual(self.referral.state, "invited")

    def test_a_customer_of_before_does_not_join(self):
        owner = self.outsider.partner_id.commercial_partner_id
        self._create_invoice_of([10.0], owner, invoice_date="2020-01-10")
        self.assertIn("as we know it already", self._join(self.outsider).text)
        self.assertFalse(self.program._find_participant(owner))

    def test_the_box_is_asked_for(self):
        self.assertIn("tick the box", self._join(self.outsider, accept="").text)
        self.assertEqual(self.referral.state, "invited")

    def test_staff_see_the_page_and_do_not_join(self):
        page = self._open(self.landing, self.salesperson)
        self.assertIn("signed in as staff", page.text)
        self._join(self.salesperson)
        self.assertEqual(self.referral.state, "invited")
