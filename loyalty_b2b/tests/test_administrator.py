import re
from datetime import timedelta

from freezegun import freeze_time

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import hash_sign, mute_logger

from odoo.addons.loyalty_b2b.models.person_request_course import ANSWER_DAYS, SCOPE

from .folk_common import LoyaltyB2bFolkCommon


@tagged("post_install", "-at_install")
class TestAdministrator(LoyaltyB2bFolkCommon):
    """How somebody comes to decide about the points of a company."""

    def _ask(self, user=None):
        return self._post(user or self.boss, "ask")

    def _get_request(self, user=None):
        return self.env["loyalty.b2b.person.request"].search(
            [("partner_id", "=", (user or self.boss).partner_id.id)], limit=1
        )

    def _get_mails(self):
        return self.env["mail.mail"].search(
            [("email_to", "=", "office@wisla.example")], order="id"
        )

    def _get_path(self, request=None):
        link = (request or self._get_request())._get_link()
        return "/loyalty/" + link.split("/loyalty/")[1]

    def _answer(self, path, answer="confirm"):
        """Answer as the company does: without signing in."""
        self.authenticate(None, None)
        # a page of its own: one of a link that is over has no form
        page = self.url_open("/web/login")
        token = re.search(r'name="csrf_token" value="([^"]+)"', page.text)[1]
        return self.url_open(
            path,
            data={"csrf_token": token, "answer": answer},
            allow_redirects=False,
        )

    # === ASKING === #

    def test_who_asks_is_confirmed_by_the_link_to_the_company(self):
        answer = self._ask()
        self.assertTrue(answer.headers["Location"].endswith("?done=asked"))
        self.assertEqual(self._role(self.boss), "sees")
        (mail,) = self._get_mails()
        path = self._get_path()
        self.assertIn(path, mail.body_html)
        self.assertIn("Anna Nowak", mail.body_html)
        self.authenticate(None, None)
        page = self.url_open(path)
        self.assertIn("Anna Nowak", page.text)
        self.assertEqual(page.headers["Referrer-Policy"], "no-referrer")
        self.assertEqual(self._role(self.boss), "sees", "reading decides nothing")
        done = self._answer(path)
        self.assertEqual(done.status_code, 303)
        self.assertEqual(self._role(self.boss), "administers")
        request = self._get_request()
        self.assertEqual(request.state, "granted")
        self.assertEqual(request.decided_by_name, "office@wisla.example")
        self.assertFalse(request.activity_ids)

    def test_the_company_refuses(self):
        self._ask()
        self._answer(self._get_path(), "refuse")
        self.assertEqual(self._get_request().state, "refused")
        self.assertEqual(self._role(self.boss), "sees")

    def test_asked_twice_nothing_changes(self):
        self._ask()
        self._ask()
        self.assertEqual(len(self._get_mails()), 1)
        self.assertEqual(self.env["loyalty.b2b.person.request"].search_count([]), 1)
        page = self._text(self._read(self.people_url))
        self.assertIn("The answer is still to come", page)

    def test_where_somebody_decides_nobody_asks(self):
        self._make_boss(self.buyer)
        answer = self._ask()
        self.assertEqual(answer.status_code, 200)
        self.assertIn("Jan Lis", answer.text)
        self.assertFalse(self._get_request())

    def test_not_too_many_ask_on_a_day(self):
        people = self.env["res.partner"].create(
            [{"name": f"Person {n}", "parent_id": self.customer.id} for n in range(4)]
        )
        for person in people[:3]:
            self.wallet._ask_administration(person)
        with self.assertRaisesRegex(UserError, "several times today"):
            self.wallet._ask_administration(people[3])

    def test_a_company_without_address_is_asked_through_staff(self):
        self.customer.email = False
        self._ask()
        self.assertFalse(self._get_mails())
        self.assertEqual(self._get_request().activity_ids.user_id, self.salesperson)

    # === THE LINK === #

    def test_a_used_link_is_over(self):
        self._ask()
        path = self._get_path()
        self._answer(path, "refuse")
        self.assertEqual(self._answer(path).status_code, 404)
        self.assertEqual(self._role(self.boss), "sees")

    def test_an_expired_link_is_over(self):
        self._ask()
        path = self._get_path()
        later = fields.Datetime.now() + timedelta(days=ANSWER_DAYS, minutes=1)
        found = self.env["loyalty.b2b.person.request"]
        token = path.rsplit("/", 1)[1]
        self.assertTrue(found._find_by_token(token))
        with freeze_time(later):
            self.assertFalse(found._find_by_token(token))
            self.wallet.request_ids._lapse()
        self.assertEqual(self._get_request().state, "lapsed")
        self.assertEqual(self._answer(path).status_code, 404)

    def test_forged_links_are_answered_like_missing_ones(self):
        self._ask()
        request, env = self._get_request(), self.env(su=True)
        token = self._get_path().rsplit("/", 1)[1]
        forged = (
            "x",
            "A" * 40,
            "ż" * 10,
            "A" * 3000,
            token[:-4] + "AAAA",
            token[4:],
            hash_sign(env, SCOPE, [request.id, "guessed"]),
            hash_sign(env, "other_scope", [request.id, request.sudo().nonce]),
            hash_sign(env, SCOPE, request.id),
            hash_sign(env, SCOPE, [10**30, "x"]),
            hash_sign(env, SCOPE, [[1], {}]),
        )
        for bad in forged:
            with self.subTest(token=bad[:30]):
                page = self._answer(f"/loyalty/administrator/{bad}")
                self.assertIn(page.status_code, (400, 404))
                self.assertNotIn("Anna Nowak", page.text)
                self.assertEqual(request.state, "asked")

    def test_the_link_of_one_company_decides_nothing_of_another(self):
        self.other_customer.email = "office@odra.example"
        other = self.other_wallet._ask_administration(self.stranger.partner_id)
        self._ask()
        self._answer(self._get_path(other))
        self.assertEqual(other.state, "granted")
        self.assertEqual(self._get_request().state, "asked")
        self.assertEqual(self._role(self.boss), "sees")
        self.assertFalse(self.stranger.partner_id._get_loyalty_b2b_role(self.wallet))

    def test_who_has_left_is_not_confirmed(self):
        self._ask()
        path = self._get_path()
        self.boss.partner_id.parent_id = self.other_customer
        self.assertEqual(self._answer(path).status_code, 404)
        self.assertEqual(self._get_request().state, "asked")

    def test_odd_answers_change_nothing(self):
        self._ask()
        for answer in ("", "granted", "confirm'"):
            self.assertEqual(self._answer(self._get_path(), answer).status_code, 200)
        self.assertEqual(self._get_request().state, "asked")

    def test_the_answer_needs_the_token_of_the_page(self):
        self._ask()
        path = self._get_path()
        self.authenticate(None, None)
        with mute_logger("odoo.http"):
            page = self.url_open(path, data={"answer": "confirm"})
        self.assertEqual(page.status_code, 400)
        self.assertEqual(self._get_request().state, "asked")

    # === STAFF === #

    def test_the_account_manager_accepts_or_refuses(self):
        self._ask()
        request = self._get_request()
        self.assertEqual(request.activity_ids.user_id, self.salesperson)
        request.with_user(self.salesperson).action_accept()
        self.assertEqual(self._role(self.boss), "administers")
        self.assertEqual(request.decided_by_name, self.salesperson.name)
        with self.assertRaisesRegex(UserError, "was answered"):
            request.with_user(self.salesperson).action_refuse()

    def test_named_otherwise_the_request_is_answered(self):
        self._ask()
        self._make_boss()
        request = self._get_request()
        self.assertEqual(request.state, "granted")
        self.assertFalse(request.activity_ids)

    def test_an_officer_refuses(self):
        self._ask()
        self._get_request().with_user(self.officer).action_refuse()
        self.assertEqual(self._get_request().state, "refused")
        path = self._get_path()
        self.assertEqual(self._answer(path).status_code, 404)

    def test_others_decide_nothing(self):
        self._ask()
        request = self._get_request()
        for user in (self.sales_all, self.boss, self.stranger):
            for name in ("action_accept", "action_refuse"):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        getattr(request.with_user(user), name)()
        self.assertEqual(request.state, "asked")

    def test_salespeople_see_requests_of_their_customers_only(self):
        self.other_customer.user_id = self.sales_all
        other = self.other_wallet._ask_administration(self.stranger.partner_id)
        self._ask()
        requests = self.env["loyalty.b2b.person.request"].with_user(self.salesperson)
        self.assertEqual(requests.search([]), self._get_request())
        with self.assertRaises(AccessError):
            other.with_user(self.salesperson).read(["name"])
        with self.assertRaises(AccessError):
            self._get_request().with_user(self.officer).write({"state": "granted"})

    # === ACCEPTING THE TERMS === #

    def _join(self, user):
        self.wallet.state = "invited"
        url = f"/my/loyalty/program/{self.program.id}/join"
        return self._post(user, url, page=url, accept="yes")

    def test_who_joins_asks(self):
        self._join(self.boss)
        self.assertEqual(self.wallet.state, "active")
        self.assertEqual(self._role(self.boss), "sees")
        self.assertEqual(self._get_request().state, "asked")
        self.assertEqual(len(self._get_mails()), 1)

    def test_the_first_is_trusted_if_so_set(self):
        self.program.trust_first = True
        self._join(self.boss)
        self.assertEqual(self._role(self.boss), "administers")
        self.assertFalse(self._get_request())
        self.assertFalse(self._get_mails())

    def test_the_second_is_not(self):
        self.program.trust_first = True
        self._make_boss(self.buyer)
        self._join(self.boss)
        self.assertEqual(self._role(self.boss), "sees")
        self.assertFalse(self._get_request())

    def test_joined_by_staff_nobody_asks(self):
        self.program.trust_first = True
        self.wallet.state = "invited"
        self.wallet._accept(reason="Signed at a fair")
        self.assertFalse(self.wallet._get_administrators())
        self.assertFalse(self.wallet.request_ids)
