from datetime import timedelta
from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from odoo.addons.loyalty_b2b.models import wallet_invitation

from .folk_common import LoyaltyB2bFolkCommon

HUGE = 10**30


@tagged("post_install", "-at_install")
class TestPortalPeople(LoyaltyB2bFolkCommon):
    """Administrators of a customer see its people and say what they may."""

    def test_others_see_who_decides_and_nobody_else(self):
        self._make_boss()
        page = self._text(self._read(self.people_url, self.buyer))
        self.assertIn("Anna Nowak", page)
        self.assertNotIn("Invite a colleague", page)
        self.assertNotIn("Jan Lis", page.split("Who decides")[1])
        self.assertNotIn("Ask to become administrator", page)

    def test_the_administrator_sees_all_contacts_of_the_companies(self):
        self._make_boss()
        self.wallet._grant(
            self.buyer.partner_id, "uses", limit_order=500, limit_month=2000
        )
        page = self._read(self.people_url)
        ids = {int(i) for i in page.xpath("//@data-person")}
        everyone = self.boss | self.buyer | self.branch_buyer
        self.assertEqual(ids, set(everyone.partner_id.ids))
        row = self._text(
            page.xpath(f"//*[@data-person='{self.buyer.partner_id.id}']")[0]
        )
        for text in ("Uses", "500 points", "2,000 points", "this month: 0 points"):
            self.assertIn(text, row)

    def test_the_login_of_a_company_reads_why_it_cannot_ask(self):
        user = new_test_user(
            self.env,
            "loyalty_firm",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        user.partner_id.write({"is_company": True, "name": "Firm"})
        self._enrol(user.partner_id)
        page = self._text(self._read(self.people_url, user))
        self.assertIn("Roles are given to persons", page)
        self.assertNotIn("Ask to become administrator", page)

    def test_what_was_used_this_month_is_shown(self):
        self._make_boss()
        self._give_points(5000)
        order = self._create_order([(self.product, 1, 1000.0)])
        self.env["loyalty.b2b.use.points"].with_user(self.salesperson).create(
            {
                "order_id": order.id,
                "points": 300,
                "contact_id": self.buyer.partner_id.id,
            }
        ).action_apply()
        with freeze_time(fields.Datetime.now() + timedelta(days=40)):
            later = self.wallet._query_used_month(self.buyer.partner_id)
        self.assertFalse(later)
        page = self._read(self.people_url)
        row = page.xpath(f"//*[@data-person='{self.buyer.partner_id.id}']")[0]
        self.assertIn("this month: 300 points", self._text(row))

    def test_nobody_lifts_his_own_limit_where_others_decide(self):
        self._make_boss()
        boss = self.boss.partner_id
        limits = {"limit_order": 500, "limit_month": 900}
        self.wallet._grant(boss, "administers", **limits)
        self._make_boss(self.buyer)
        own = {"role": "administers", "limit_order": "500", "limit_month": "900"}
        invited = {"name": "Anna Nowak", "email": boss.email}
        for change in (
            {"limit_order": "0"},
            {"limit_month": ""},
            {"limit_order": "501"},
        ):
            with self.subTest(change=change):
                form = {**own, **change}
                answer = self._give(self.boss, boss, **form)
                self.assertIn("raises your limit", answer.text)
                answer = self._post(self.boss, "invite", **invited, **form)
                self.assertIn("raises your limit", answer.text)
        person = self.wallet._get_person(boss)
        self.assertEqual((person.limit_order, person.limit_month), (500, 900))
        self._give(self.boss, boss, **{**own, "limit_order": "400"})
        self.assertEqual(self.wallet._get_person(boss).limit_order, 400)
        self._give(self.buyer, boss, **{**own, "limit_order": ""})
        self.assertFalse(self.wallet._get_person(boss).limit_order)

    def test_the_last_who_decides_does_not_invite_himself_to_less(self):
        self._make_boss()
        invited = {"name": "Anna", "email": self.boss.partner_id.email}
        answer = self._post(self.boss, "invite", **invited, role="sees")
        self.assertIn("You are the only one", answer.text)
        self.assertEqual(self._role(self.boss), "administers")

    def test_roles_and_limits_are_given_and_taken_back(self):
        self._make_boss()
        answer = self._give(
            self.boss,
            self.buyer.partner_id,
            limit_order="1 000",
            limit_month="5000",
        )
        self.assertTrue(answer.headers["Location"].endswith("?done=given"))
        person = self.wallet._get_person(self.buyer.partner_id)
        self.assertEqual(
            (person.role, person.limit_order, person.limit_month), ("uses", 1000, 5000)
        )
        self.assertEqual(person.granted_by_id, self.boss.partner_id)
        self._post(self.boss, "take", partner_id=self.buyer.partner_id.id)
        self.assertEqual(self._role(self.buyer), "sees")
        self.assertTrue(person.date_end)

    def test_the_same_form_twice_changes_nothing(self):
        self._make_boss()
        for _time in range(2):
            self._give(self.boss, self.buyer.partner_id, limit_order="10")
        rows = self.env["loyalty.b2b.person"].search(
            [("partner_id", "=", self.buyer.partner_id.id)]
        )
        self.assertEqual(len(rows), 1)

    def test_odd_limits_are_answered_in_words(self):
        self._make_boss()
        for limit in ("-5", "1.5", "1e9", "9" * 30, "abc", "²"):
            with self.subTest(limit=limit):
                page = self._give(self.boss, self.buyer.partner_id, limit_order=limit)
                self.assertEqual(page.status_code, 200)
                self.assertIn("A limit is a whole number of points", page.text)
                self.assertEqual(self._role(self.buyer), "sees")

    def test_odd_roles_are_answered_in_words(self):
        self._make_boss()
        for role in ("", "owner", "administers'--"):
            with self.subTest(role=role):
                page = self._give(self.boss, self.buyer.partner_id, role=role)
                self.assertIn("Choose what the person may do", page.text)

    def test_persons_of_others_are_answered_like_missing_ones(self):
        self._make_boss()
        missing = self.env["res.partner"].search([], order="id desc", limit=1).id + 99
        places = set()
        for partner_id in (
            self.stranger.partner_id.id,
            self.other_customer.id,
            self.customer.id,
            self.salesperson.partner_id.id,
            missing,
            0,
            -1,
            HUGE,
            "x",
            "",
        ):
            for act in ("give", "take"):
                with self.subTest(partner_id=partner_id, act=act):
                    answer = self._post(
                        self.boss, act, partner_id=partner_id, role="uses"
                    )
                    self.assertEqual(answer.status_code, 303)
                    places.add(answer.headers["Location"].split("/my/")[1])
        self.assertEqual(len(places), 1)
        self.assertFalse(self.other_wallet.person_ids)

    def test_who_does_not_decide_changes_nothing(self):
        self._make_boss()
        for user in (self.buyer, self.branch_buyer):
            with self.subTest(user=user.login):
                page = self._give(user, user.partner_id, role="administers")
                self.assertIn("Only those who decide about points", page.text)
                self.assertEqual(self._role(user), "sees")
        for user in (self.stranger, self.outsider, self.salesperson):
            with self.subTest(user=user.login):
                answer = self._give(user, self.buyer.partner_id)
                self.assertEqual(self._role(self.buyer), "sees", answer.text[:200])

    def test_what_writes_needs_the_token_and_no_link(self):
        self._make_boss()
        self.authenticate(self.boss.login, self.boss.login)
        for act in ("give", "take", "invite", "ask"):
            with self.subTest(act=act), mute_logger("odoo.http"):
                url = f"{self.people_url}/{act}"
                answer = self.url_open(url, data={"role": "uses"})
                self.assertEqual(answer.status_code, 400)
                self.assertEqual(self.url_open(url).status_code, 405)

    # === THE LAST ONE === #

    def test_the_last_one_is_warned_before_he_gives_it_up(self):
        self._make_boss()
        for act, data in (("take", {}), ("give", {"role": "sees"})):
            with self.subTest(act=act):
                data["partner_id"] = self.boss.partner_id.id
                page = self._post(self.boss, act, **data)
                self.assertIn("You are the only one who decides", page.text)
                self.assertIn('name="sure"', page.text)
                self.assertEqual(self._role(self.boss), "administers")
        self._post(self.boss, "take", partner_id=self.boss.partner_id.id, sure="yes")
        self.assertEqual(self._role(self.boss), "sees")

    def test_one_of_two_goes_without_a_warning(self):
        self._make_boss()
        self._make_boss(self.buyer)
        self._post(self.boss, "take", partner_id=self.boss.partner_id.id)
        self.assertEqual(self._role(self.boss), "sees")
        self.assertEqual(self._role(self.buyer), "administers")

    def test_long_lists_come_in_pages_and_are_searched(self):
        self._make_boss()
        self.env["res.partner"].create(
            [
                {"name": f"Person {number:02}", "parent_id": self.customer.id}
                for number in range(45)
            ]
        )
        self.assertEqual(len(self._read(self.people_url).xpath("//@data-person")), 40)
        second = self._read(f"{self.people_url}/page/2")
        self.assertEqual(len(second.xpath("//@data-person")), 8)
        found = self._read(f"{self.people_url}?search=Person 07")
        self.assertEqual(len(found.xpath("//@data-person")), 1)
        for odd in ("/page/999999", "?page=-1", "?search=%25'%3B--"):
            with self.subTest(odd=odd):
                self._read(f"{self.people_url}{odd}")


@tagged("post_install", "-at_install")
class TestPortalInvitation(LoyaltyB2bFolkCommon):
    """Administrators invite colleagues; nobody learns who is known elsewhere."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.wallet._grant(cls.boss.partner_id, "administers")

    def _invite(self, user=None, **data):
        data = {
            "name": "Ewa Kos",
            "email": "ewa@wisla.example",
            "role": "uses",
            **data,
        }
        with patch.object(
            type(self.env["portal.wizard.user"]), "_send_email", autospec=True
        ) as send:
            answer = self._post(user or self.boss, "invite", **data)
        return answer, send

    def _find(self, email):
        return self.env["res.partner"].search([("email", "=", email)])

    def test_a_colleague_becomes_a_contact_with_a_portal_user(self):
        answer, send = self._invite(limit_order="500", company_id=self.branch.id)
        self.assertTrue(answer.headers["Location"].endswith("?done=invited"))
        ewa = self._find("ewa@wisla.example")
        self.assertEqual(ewa.parent_id, self.branch)
        self.assertEqual(ewa.user_ids.group_ids, self.env.ref("base.group_portal"))
        self.assertEqual(ewa.user_ids.company_ids, self.company)
        person = self.wallet._get_person(ewa)
        self.assertEqual((person.role, person.limit_order), ("uses", 500))
        send.assert_called_once()

    def test_the_invitation_says_who_invites_to_what(self):
        text = self.wallet._get_welcome_message(self.boss.partner_id)
        for part in ("Anna Nowak", "Hurtownia Wisła", "Club"):
            self.assertIn(part, text)
        self.boss.partner_id.name = "Go to evil.com"
        text = self.wallet._get_welcome_message(self.boss.partner_id)
        self.assertNotIn("evil", text)

    def test_the_same_form_twice_invites_once(self):
        self._invite()
        _answer, send = self._invite()
        send.assert_not_called()
        self.assertEqual(len(self._find("ewa@wisla.example")), 1)

    def test_a_contact_of_the_company_is_used_again(self):
        ewa = self.env["res.partner"].create(
            {
                "name": "E. Kos",
                "email": "Ewa@wisla.example",
                "parent_id": self.customer.id,
            }
        )
        _answer, send = self._invite()
        self.assertEqual(self.wallet._get_person(ewa).role, "uses")
        self.assertTrue(ewa.user_ids)
        send.assert_called_once()

    def test_a_colleague_with_access_gets_the_role_and_no_mail(self):
        _answer, send = self._invite(email=self.buyer.partner_id.email)
        send.assert_not_called()
        self.assertEqual(self._role(self.buyer), "uses")

    def test_nobody_learns_who_is_known_elsewhere(self):
        self.stranger.partner_id.email = "known@odra.example"
        self.salesperson.partner_id.email = "staff@seller.example"
        pages = []
        for email in (
            "known@odra.example",
            "staff@seller.example",
            "new@wisla.example",
        ):
            with self.subTest(email=email):
                answer, send = self._invite(email=email, name="Ewa Kos")
                self.assertEqual(send.called, email == "new@wisla.example")
                partner = self._find(email).filtered(
                    lambda one: one.parent_id == self.customer
                )
                page = self._read(self.people_url + "?done=invited")
                row = self._text(page.xpath(f"//*[@data-person='{partner.id}']")[0])
                pages.append((answer.headers["Location"], row.replace(email, "EMAIL")))
                self.assertEqual(bool(partner.user_ids), send.called)
        self.assertEqual(len(set(pages)), 1, pages)
        activities = self.wallet.activity_ids
        self.assertEqual(len(activities), 2)
        self.assertEqual(activities.user_id, self.salesperson)

    def test_access_that_staff_took_away_is_not_given_again(self):
        self.buyer.sudo().active = False
        _answer, send = self._invite(email=self.buyer.partner_id.email)
        send.assert_not_called()
        self.assertFalse(self.buyer.active)
        self.assertEqual(self.wallet.activity_ids.user_id, self.salesperson)

    def test_odd_forms_are_answered_in_words(self):
        for data, text in (
            ({"name": ""}, "Enter first and last name"),
            ({"name": "See www.evil.com"}, "without web addresses"),
            ({"email": "no address"}, "one valid e-mail address"),
            ({"email": "a@b.pl, c@d.pl"}, "one valid e-mail address"),
            ({"role": "boss"}, "Choose what the person may do"),
            ({"limit_month": "-1"}, "A limit is a whole number"),
        ):
            with self.subTest(data=data):
                answer, send = self._invite(**data)
                self.assertEqual(answer.status_code, 200)
                self.assertIn(text, answer.text)
                send.assert_not_called()
        self.assertFalse(self._find("ewa@wisla.example"))

    def test_a_forged_company_is_that_of_the_wallet(self):
        for number, company_id in enumerate((self.other_customer.id, HUGE, "x")):
            with self.subTest(company_id=company_id):
                email = f"p{number}@wisla.example"
                self._invite(email=email, company_id=company_id)
                self.assertEqual(self._find(email).parent_id, self.customer)

    def test_others_invite_nobody(self):
        for user in (self.buyer, self.stranger, self.outsider, self.salesperson):
            with self.subTest(user=user.login):
                _answer, send = self._invite(user)
                send.assert_not_called()
                self.assertFalse(self._find("ewa@wisla.example"))

    def test_there_is_a_limit_a_day(self):
        with patch.object(wallet_invitation, "MOST_INVITED_A_DAY", 1):
            self._invite()
            answer, send = self._invite(email="two@wisla.example")
            send.assert_not_called()
            self.assertIn("You have invited 1 colleagues today", answer.text)
            with freeze_time(fields.Datetime.now() + timedelta(days=2)):
                self.wallet._check_invited_today()
