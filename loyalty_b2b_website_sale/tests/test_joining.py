from odoo import Command
from odoo.exceptions import AccessError
from odoo.http import Request
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.loyalty_b2b_website_sale.controllers.joining import sitemap_loyalty

from .shop_common import ShopCommon


@tagged("post_install", "-at_install")
class TestJoining(ShopCommon):
    """Companies join on the programme's public page, or read whom to ask."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write(
            {
                "shop_join": True,
                "welcome_points": 500,
                "terms": "<p>Be nice.</p>",
                "faq": "<p>Why points?</p>",
            }
        )
        cls.newcomer = cls._create_customer("Budmax", "7010202000")
        cls.new_user = cls._create_portal_user("newcomer", cls.newcomer)
        cls.url = cls.program._get_shop_url()

    def _post_join(self, user, token=None, program=None, **data):
        program = program or self.program
        self.authenticate(user.login, user.login)
        token = Request.csrf_token(self) if token is None else token
        version = str(program.terms_version)
        return self.url_open(
            f"/loyalty/{program.id}/join",
            {"csrf_token": token, "accept": "yes", "version": version, **data},
            allow_redirects=False,
        )

    def _find_wallet(self, partner):
        participants = self.env["loyalty.b2b.participant"].search(
            [("partner_id", "=", partner.id), ("program_id", "=", self.program.id)]
        )
        return participants.wallet_id

    def _read_join(self, user):
        page = self._read(self.url, user)
        return page.xpath("//section[@id='join']")[0]

    def _assert_asks(self, user, words, wallets=0):
        """Check that a visitor is told whom to ask, and that a forged form fails."""
        before = self.env["loyalty.b2b.wallet"].search_count([])
        part = self._read_join(user)
        self.assertIn(words, self._text(part))
        self.assertFalse(part.xpath(".//form"))
        answer = self._post_join(user)
        self.assertEqual(answer.status_code, 303)
        after = self.env["loyalty.b2b.wallet"].search_count([])
        self.assertEqual(after, before + wallets)

    # === THE PAGE === #

    def test_everybody_reads_the_promise(self):
        page = self._open(self.url)
        self.assertEqual(page.status_code, 200)
        self.assertNotIn("noindex", page.text)
        for words in ("Club", "500", "for joining", "Be nice.", "Why points?"):
            self.assertIn(words, page.text)
        self.assertIn(f"/web/login?redirect={self.url}", page.text)

    def test_the_page_says_what_earns_nothing(self):
        self.assertNotIn("These earn no points", self._open(self.url).text)
        self.program.excluded_category_ids = self.category
        self.assertIn("These earn no points: Tools.", self._open(self.url).text)

    def test_customers_do_not_open_it_by_a_remote_call(self):
        for user in (self.boss, self.website.user_id):
            with self.assertRaises(AccessError):
                self.program.with_user(user).action_open_shop_page()
        action = self.program.action_open_shop_page()
        self.assertIn("website_preview", action["url"])

    def test_the_short_address_leads_to_the_page(self):
        answer = self._open("/loyalty")
        self.assertTrue(answer.headers["Location"].endswith(self.url))
        answer = self._open(f"/loyalty/other-name-{self.program.id}")
        self.assertTrue(answer.headers["Location"].endswith(self.url))

    def test_each_language_has_an_address(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        polish = self.env.ref("base.lang_pl")
        self.website.language_ids |= polish
        self.program.with_context(lang="pl_PL").name = "Klub"
        answer = self._open(f"/{polish.url_code}/loyalty")
        url = f"/{polish.url_code}/loyalty/klub-{self.program.id}"
        self.assertTrue(answer.headers["Location"].endswith(url))
        self.assertIn("Klub", self._open(url).text)

    def test_pictures_are_for_everybody(self):
        self.assertEqual(
            self._open(f"/loyalty/{self.program.id}/logo").status_code, 200
        )

    def test_what_is_not_shown_is_not_there(self):
        other = self.env["website"].create(
            {"name": "Other", "company_id": self.company.id}
        )
        missing = [f"/loyalty/club-{2**40}", "/loyalty/club", "/loyalty/club-999999"]
        for url in missing:
            self.assertEqual(self._open(url).status_code, 404, url)
        for values in (
            {"shop_shown": False},
            {"shop_shown": True, "website_ids": [Command.set(other.ids)]},
        ):
            self.program.write(values)
            for url in (self.url, f"/loyalty/{self.program.id}/logo", "/loyalty"):
                self.assertEqual(self._open(url).status_code, 404, url)
            answer = self._post_join(self.new_user)
            self.assertEqual(answer.status_code, 404)
        self.assertFalse(self._find_wallet(self.newcomer))

    def test_a_draft_is_not_told_of(self):
        draft = self._create_program(start=False, name="Secret")
        self.assertEqual(self._open(draft._get_shop_url()).status_code, 404)

    def test_the_page_is_in_the_sitemap(self):
        env = self.env(context={"website_id": self.website.id})
        self.assertIn({"loc": self.url}, list(sitemap_loyalty(env, None, "")))
        self.assertFalse(list(sitemap_loyalty(env, None, "/shop")))

    # === JOINING === #

    def test_a_company_joins_and_uses_its_welcome_points(self):
        part = self._read_join(self.new_user)
        self.assertIn("Budmax", self._text(part))
        self.assertTrue(part.xpath(".//form[@name='loyalty_shop_join']"))
        answer = self._post_join(self.new_user)
        self.assertTrue(answer.headers["Location"].endswith("?joined=1"))
        wallet = self._find_wallet(self.newcomer)
        self.assertEqual(wallet.state, "active")
        self.assertEqual(wallet.joined_by_id, self.new_user.partner_id)
        self.assertIn("Be nice.", wallet.joined_terms)
        self.assertWallet(wallet, available=500)
        cart = self._create_cart([(self.product, 1, 100.0)], self.new_user)
        self.assertTrue(cart._is_loyalty_b2b_cart())
        cart._use_loyalty_b2b_points(500, self.new_user.partner_id)
        self.assertAlmostEqual(cart.amount_untaxed, 95.0)

    def test_the_terms_are_kept_by_version(self):
        self._post_join(self.new_user)
        consent = self._find_wallet(self.newcomer).consent_ids
        self.assertEqual(consent.kind, "terms")
        self.assertEqual(consent.version, self.program.terms_version)
        self.assertEqual(consent.partner_id, self.new_user.partner_id)
        self.assertEqual(consent.source, "portal")

    def test_who_joins_is_given_no_rights_silently(self):
        self._post_join(self.new_user)
        wallet = self._find_wallet(self.newcomer)
        self.assertFalse(wallet._get_administrators())
        self.assertEqual(wallet.request_ids.partner_id, self.new_user.partner_id)

    def test_the_first_decides_where_he_is_trusted(self):
        self.program.trust_first = True
        self._post_join(self.new_user)
        wallet = self._find_wallet(self.newcomer)
        self.assertEqual(wallet._get_administrators(), self.new_user.partner_id)

    def test_a_doubled_form_changes_nothing(self):
        self._post_join(self.new_user)
        wallet = self._find_wallet(self.newcomer)
        first = wallet.joined_at
        answer = self._post_join(self.new_user)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(self._find_wallet(self.newcomer), wallet)
        self.assertEqual(wallet.joined_at, first)
        self.assertWallet(wallet, available=500)
        self.assertEqual(len(wallet.consent_ids), 1)

    def test_nobody_joins_without_box_token_or_newest_terms(self):
        for data in ({"accept": ""}, {"version": "0"}, {"version": ""}):
            answer = self._post_join(self.new_user, **data)
            self.assertIn("unread=1", answer.headers["Location"])
        with mute_logger("odoo.http"):
            answer = self._post_join(self.new_user, token="wrong")
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._find_wallet(self.newcomer))

    def test_a_stranger_signs_in_first(self):
        self.authenticate(None, None)
        answer = self.url_open(
            f"/loyalty/{self.program.id}/join",
            {"csrf_token": Request.csrf_token(self), "accept": "yes", "version": "1"},
            allow_redirects=False,
        )
        self.assertIn("/web/login", answer.headers["Location"])

    # === WHO DOES NOT JOIN HERE === #

    def test_without_online_joining_one_asks(self):
        self.program.shop_join = False
        self._assert_asks(self.new_user, "ask your account manager")
        self.assertIn(self.salesperson.name, self._text(self._read_join(self.new_user)))

    def test_nobody_joins_while_the_programme_does_not_run(self):
        self.program.action_pause()
        self._assert_asks(self.new_user, "paused")

    def test_an_invited_company_reads_its_invitation(self):
        self._enrol(self.newcomer, state="invited")
        link = self._read_join(self.new_user).xpath(".//a/@href")
        self.assertIn(f"/my/loyalty/program/{self.program.id}/join", link)

    def test_who_takes_part_goes_to_the_points(self):
        link = self._read_join(self.boss).xpath(".//a/@href")
        self.assertEqual(link, [f"/my/loyalty/program/{self.program.id}"])

    def test_who_left_asks(self):
        wallet = self._enrol(self.newcomer)
        wallet.sudo().state = "left"
        self._assert_asks(self.new_user, "taken part before")

    def test_a_control_group_is_told_nothing(self):
        wallet = self._enrol(self.newcomer)
        wallet.is_control = True
        self._assert_asks(self.new_user, "ask your account manager")
        self.assertEqual(wallet.joined_by_id, self.env["res.partner"])
        self.assertFalse(wallet.consent_ids)

    def test_a_known_tax_id_is_not_believed(self):
        impostor = self._create_customer("Wisła bis", "PL 526-000-12-46")
        user = self._create_portal_user("impostor", impostor)
        self._assert_asks(user, "We know the tax ID")
        self.assertFalse(self._find_wallet(impostor))

    def test_a_tax_id_of_another_contact_is_not_believed(self):
        self._create_customer("Budmax old", "7010202000")
        self._assert_asks(self.new_user, "We know the tax ID")

    def test_a_company_without_tax_id_asks(self):
        self._assert_asks(self.outsider, "do not know the tax ID")

    def test_a_branch_joins_the_wallet_of_its_company(self):
        branch = self._create_customer("Wisła Elbląg", parent_id=self.customer.id)
        user = self._create_portal_user("elblag", branch)
        self._post_join(user)
        self.assertEqual(self._find_wallet(branch), self.wallet)
        self.assertFalse(self.wallet.joined_by_id)

    def test_a_closed_account_asks(self):
        self.newcomer.active = False
        self._assert_asks(self.new_user, "is closed")

    def test_staff_do_not_join(self):
        self._assert_asks(self.salesperson, "signed in as staff")

    def test_colleagues_who_only_collect_read_that_they_do(self):
        self.program.colleague_role = "collects"
        self._post_join(self.new_user)
        self.assertTrue(self._find_wallet(self.newcomer))
        text = self._text(self._read_join(self.new_user))
        self.assertIn("takes part", text)
        self.assertNotIn("500", text)

    # === PERSONS === #

    def _create_person(self, **values):
        user = new_test_user(
            self.env,
            "loyalty_person",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        user.partner_id.write({"country_id": self.env.ref("base.pl").id, **values})
        return user

    def test_a_person_without_company_reads_how(self):
        user = self._create_person()
        self._assert_asks(user, "name and the tax ID of your company")
        self.assertTrue(
            self._read_join(user).xpath(".//a[starts-with(@href, '/my/account')]")
        )

    def test_a_person_joins_for_the_company_he_entered(self):
        user = self._create_person(company_name="Nowa", vat="5213017228")
        self._assert_asks(user, "We know the tax ID of Nowa")
        user.partner_id.vat = "1132191233"
        self._post_join(user)
        company = user.partner_id.commercial_partner_id
        self.assertTrue(company.is_company)
        self.assertEqual((company.name, company.vat), ("Nowa", "1132191233"))
        self.assertWallet(self._find_wallet(company), available=500)

    def test_individuals_join_where_they_may(self):
        self.program.individuals_allowed = True
        user = self._create_person()
        self._post_join(user)
        self.assertTrue(self._find_wallet(user.partner_id))
