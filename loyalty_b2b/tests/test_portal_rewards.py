import uuid

from lxml import html

from odoo import Command, http
from odoo.tests import tagged

from .portal_common import LoyaltyB2bPortalCommon
from .reward_common import RewardCommon
from .test_portal import PIXEL, TestPortalBudget


class PortalRewardCommon(RewardCommon, LoyaltyB2bPortalCommon):
    """A boss who decides about points, one who uses them, and colleagues."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss.partner_id.write({"name": "Jan Boss", "email": "jan@wisla.example"})
        cls.buyer.write({"name": "Ewa Buk"})
        cls.user = cls._create_portal_user("user", cls.customer)
        cls.user.partner_id.name = "Ola User"
        cls.wallet._grant(cls.boss.partner_id, "administers")
        cls.wallet._grant(cls.user.partner_id, "uses")
        cls.collector = cls._create_portal_user("collector", cls.customer)
        cls.wallet._grant(cls.collector.partner_id, "collects")
        cls.url = f"/my/loyalty/program/{cls.program.id}"
        cls.seat = cls._create_reward(
            "Heat pump course",
            400,
            kind="access",
            date_event="2037-05-04 07:00:00",
            place="Warsaw",
            is_limited=True,
            stock=3,
        )
        cls.voucher = cls._create_reward("Fuel voucher", 200, kind="voucher")
        cls._create_codes(cls.voucher, "AAAA-1111", "BBBB-2222")

    def _url_of(self, reward, program=None):
        program = program or self.program
        return f"/my/loyalty/program/{program.id}/reward/{reward.id}"

    def _post(self, reward, user, url=None, **values):
        """Send the form of a reward as a user; return the answer."""
        self.authenticate(user.login, user.login)
        data = {
            "csrf_token": http.Request.csrf_token(self),
            "request_key": str(uuid.uuid4()),
            "quantity": "1",
            **values,
        }
        return self.url_open(
            (url or self._url_of(reward)) + "/redeem", data, allow_redirects=False
        )

    def _uses(self, reward=None):
        domain = [("reward_id", "=", reward.id)] if reward else []
        return self.env["loyalty.b2b.redemption"].search(domain)

    def _alert(self, page):
        tree = html.fromstring(page.text)
        return " ".join(
            self._text(element) for element in tree.xpath("//*[@role='alert']")
        )


@tagged("post_install", "-at_install")
class TestPortalCatalogue(PortalRewardCommon):
    """What customers see of rewards, each with its state for this person."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.dear = cls._create_reward("Week on the coast", 4000)

    def _cards(self, query="", user=None):
        page = self._read(f"{self.url}/rewards{query}", user)
        return {
            int(card.get("data-reward")): card
            for card in page.xpath("//article[@data-reward]")
        }

    def _state(self, reward, user=None, query=""):
        card = self._cards(query, user)[reward.id]
        (state,) = card.xpath(".//*[@data-state]")
        return state.get("data-state"), self._text(state)

    def test_cards_say_what_it_costs_and_is_worth(self):
        self.dear.write({"value": 450, "is_exclusive": True})
        text = self._text(self._cards()[self.dear.id])
        for part in ("Week on the coast", "4,000 points", "Only for participants"):
            self.assertIn(part, text)
        self.assertIn(f"worth {self._money(450)}", text)

    def test_cards_say_whether_this_person_can_have_it(self):
        self.assertEqual(self._state(self.seat, self.user), ("now", "Yours now"))
        state, text = self._state(self.seat, self.branch_buyer)
        self.assertEqual(state, "ask")
        self.assertIn("Jan Boss decides about points", text)

    def test_missing_points_are_counted_with_a_bar(self):
        self.assertEqual(self._state(self.dear), ("short", "3,000 points short"))
        (bar,) = self._cards()[self.dear.id].xpath(".//*[@role='progressbar']")
        self.assertEqual(bar.get("aria-valuenow"), "25")

    def test_levels_stock_and_days_are_named(self):
        self.program.tier_ids = [Command.create({"name": "Gold", "threshold": 10**6})]
        gold = self._create_reward("Gold only", 10)
        gold.tier_ids = self.program.tier_ids
        out = self._create_reward("Gone", 10, is_limited=True, stock=0)
        soon = self._create_reward("Soon", 10, date_start="2038-01-05")
        for reward, words in ((gold, "From Gold"), (out, "Sold out"), (soon, "2038")):
            state, text = self._state(reward)
            self.assertEqual(state, "no")
            self.assertIn(words, text)

    def test_what_is_over_archived_or_of_others_is_not_shown(self):
        self.company.loyalty_b2b_several_programs = True
        other = self._create_program(name="Other")
        hidden = self._create_reward("Over", 1, date_end="2020-01-01")
        hidden |= self._create_reward("Archived", 1, active=False)
        hidden |= self._create_reward("Elsewhere", 1, program_id=other.id)
        hidden |= self._create_reward(
            "Past", 1, kind="access", date_event="2020-01-01 08:00:00"
        )
        self.assertFalse(set(hidden.ids) & set(self._cards()))

    def test_filters_by_kind_and_by_what_can_be_had_now(self):
        self.assertEqual(set(self._cards("?kind=access")), {self.seat.id})
        now = self._cards("?now=1", self.user)
        self.assertEqual(set(now), {self.seat.id, self.voucher.id})
        self.assertFalse(self._cards("?kind=service&now=1"))
        page = self._read(f"{self.url}/rewards?kind=service&now=1")
        self.assertIn("Show all rewards", self._text(page))

    def test_sorts_by_points(self):
        few = [self.voucher.id, self.seat.id, self.dear.id]
        self.assertEqual(list(self._cards("?sortby=few")), few)
        self.assertEqual(list(self._cards("?sortby=many")), few[::-1])

    def test_odd_filters_show_all(self):
        everything = set(self._cards())
        for query in (
            "?kind=gift'--&sortby=__class__",
            "?kind[]=x&now=²",
            "/page/999999999999999999999",
            "/page/7",
        ):
            with self.subTest(query=query):
                self.assertEqual(set(self._cards(query)), everything)

    def test_pages_of_twelve(self):
        for number in range(12):
            self._create_reward(f"Hour {number}", 10 + number)
        first, second = self._cards("?sortby=few"), self._cards("/page/2?sortby=few")
        self.assertEqual((len(first), len(second)), (12, 3))
        self.assertFalse(set(first) & set(second))

    def test_no_rewards_are_said_to_be_none(self):
        (self.seat | self.voucher | self.dear).active = False
        page = self._read(f"{self.url}/rewards")
        self.assertIn("There are no rewards yet", self._text(page))
        self.assertFalse(page.xpath("//a[@name='loyalty_rewards']"))

    def test_the_tab_leads_there_and_tells_where_one_is(self):
        page = self._read("/my/loyalty")
        (tab,) = page.xpath("//a[@name='loyalty_rewards']")
        self.assertEqual(tab.get("href"), f"{self.url}/rewards")
        page = self._read(tab.get("href"))
        (tab,) = page.xpath("//a[@name='loyalty_rewards']")
        self.assertEqual(tab.get("aria-current"), "page")

    def test_a_paused_programme_says_so_once(self):
        self.program.action_pause()
        page = self._read(f"{self.url}/rewards")
        self.assertIn("The programme is paused", self._text(page))
        self.assertEqual(self._state(self.seat), ("no", "Not at the moment"))

    def test_what_to_think_of_next_stands_above(self):
        page = self._read(f"{self.url}/rewards", self.user)
        (block,) = page.xpath("//section[@aria-labelledby='loyalty_b2b_next']")
        links = block.xpath(".//a/@href")
        self.assertEqual(links, [self._url_of(self.seat), self._url_of(self.dear)])
        page = self._read(f"{self.url}/rewards?kind=access", self.user)
        self.assertFalse(page.xpath("//section[@aria-labelledby='loyalty_b2b_next']"))

    def test_names_are_text(self):
        self.dear.name = "<script>alert(1)</script>"
        page = self._open(f"{self.url}/rewards", self.boss)
        self.assertNotIn("<script>alert(1)", page.text)


@tagged("post_install", "-at_install")
class TestPortalReward(PortalRewardCommon):
    """One reward: what to know, why not, and how it is asked for."""

    def _page(self, reward, user=None):
        return self._read(self._url_of(reward), user)

    # === THE PAGE === #

    def test_the_page_says_all_there_is_to_know(self):
        self.seat.write(
            {
                "description": "<p>Two days of practice</p>",
                "terms": "<p>No refund</p>",
                "date_end": "2037-04-01",
                "limit_number": 2,
            }
        )
        text = self._text(self._page(self.seat, self.user))
        for part in (
            "Two days of practice",
            "No refund",
            "04/01/2037",
            "Seats left 3",
            "At most 2 a year",
            "4 May 2037, 09:00, Warsaw",
            "You have 1,000 points",
        ):
            self.assertIn(part, text)

    def test_what_is_missing_is_listed_and_there_is_no_form(self):
        self.seat.write({"points": 5000, "date_start": "2036-01-01"})
        page = self._page(self.seat, self.user)
        self.assertFalse(page.xpath("//form[@name='loyalty_redeem']"))
        missing = [
            self._text(li) for li in page.xpath("//ul[contains(@class,'missing')]/li")
        ]
        self.assertEqual(len(missing), 2)
        self.assertIn("4,000 points short", missing)

    def test_the_button_asks_who_decides(self):
        page = self._page(self.seat, self.branch_buyer)
        (button,) = page.xpath("//form[@name='loyalty_redeem']//button")
        self.assertEqual(
            (button.get("name"), self._text(button)), ("ask", "Ask Jan Boss")
        )
        self.assertTrue(page.xpath("//input[@name='reason']"))
        page = self._page(self.seat, self.user)
        (button,) = page.xpath("//form[@name='loyalty_redeem']//button")
        self.assertEqual(button.get("name"), "redeem")

    def test_every_field_has_a_label(self):
        page = self._page(self.seat, self.branch_buyer)
        labels = set(page.xpath("//label/@for"))
        fields = page.xpath(
            "//form[@name='loyalty_redeem']//*[self::input or self::textarea]"
            "[not(@type='hidden')]/@id"
        )
        self.assertTrue(fields)
        self.assertLessEqual(set(fields), labels)

    # === REDEEM === #

    def test_a_seat_is_booked_with_names(self):
        answer = self._post(
            self.seat, self.user, quantity="2", attendees="Ala\n Ola \n"
        )
        use = self._uses(self.seat)
        self.assertEqual(answer.status_code, 303)
        self.assertTrue(
            answer.headers["Location"].endswith(f"/my/loyalty/use/{use.id}?noted=1")
        )
        self.assertEqual(use.attendees, "Ala\nOla")
        self.assertEqual((use.contact_id, use.quantity), (self.user.partner_id, 2))
        self.assertEqual(self.wallet.available, 200)
        self.assertEqual(self.seat.left, 1)

    def test_who_may_only_see_asks_and_nothing_is_taken(self):
        answer = self._post(
            self.seat, self.branch_buyer, attendees="Ala", reason="New pumps"
        )
        use = self._uses(self.seat)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual((use.state, use.reason), ("approve", "New pumps"))
        self.assertEqual(self.wallet.available, 1000)
        self.assertEqual(use.approval_ids.step, "customer")

    def test_the_same_form_twice_is_one_use(self):
        key = str(uuid.uuid4())
        first = self._post(self.voucher, self.user, request_key=key)
        second = self._post(self.voucher, self.user, request_key=key)
        self.assertEqual(len(self._uses(self.voucher)), 1)
        self.assertEqual(first.headers["Location"], second.headers["Location"])
        self.assertEqual(self.wallet.available, 800)

    def test_replaying_when_nothing_is_left_leads_to_the_first_one(self):
        key = str(uuid.uuid4())
        self._post(self.voucher, self.user, request_key=key, quantity="2")
        again = self._post(self.voucher, self.user, request_key=key, quantity="2")
        self.assertEqual(again.status_code, 303)
        self.assertEqual(len(self._uses(self.voucher)), 1)

    def test_what_cannot_be_read_is_said_in_words_and_kept(self):
        for values, sentence in (
            ({"quantity": "-1"}, "from 1 to 1 000"),
            ({"quantity": "0"}, "from 1 to 1 000"),
            ({"quantity": "²"}, "from 1 to 1 000"),
            ({"quantity": "1e3"}, "from 1 to 1 000"),
            ({"quantity": "9" * 40}, "from 1 to 1 000"),
            ({"quantity": "1001"}, "from 1 to 1 000"),
            ({"attendees": ""}, "Enter the names"),
            ({"attendees": "Ala\nOla"}, "you ask for 1 , and named 2"),
            ({"attendees": "see evil.com"}, "web addresses"),
            ({"reason": "see evil.com now", "attendees": "Ala"}, "web addresses"),
            ({"request_key": ""}, "no longer up to date"),
            ({"request_key": "x" * 36}, "no longer up to date"),
            ({"quantity": "4", "attendees": "A\nB\nC\nD"}, "only 3 left"),
        ):
            with self.subTest(values=values):
                page = self._post(self.seat, self.user, **values)
                self.assertEqual(page.status_code, 200)
                self.assertIn(sentence.replace(" ,", ","), self._alert(page))
        self.assertFalse(self._uses(self.seat))
        self.assertEqual(self.wallet.available, 1000)
        page = self._post(self.seat, self.user, attendees="Ala\nOla")
        self.assertIn("Ala\nOla</textarea>", page.text)

    def test_too_few_points_are_refused_on_the_server(self):
        self.voucher.points = 900
        page = self._post(self.voucher, self.user, quantity="2")
        self.assertIn("800 points short", self._alert(page))
        self.assertFalse(self._uses())

    def test_a_reward_for_orders_needs_a_quotation_of_ones_own(self):
        gift = self._create_reward(
            "A drill", 100, kind="product", product_id=self.product.id
        )
        theirs = self._create_order(
            [(self.product, 1, 50.0)], partner=self.other_customer, state="sent"
        )
        draft = self._create_order([(self.product, 1, 50.0)])
        page = self._page(gift, self.user)
        self.assertTrue(page.xpath("//*[@name='loyalty_no_order']"))
        for order_id in ("", "x", str(theirs.id), str(draft.id), "9" * 30, "-1"):
            with self.subTest(order_id=order_id):
                page = self._post(gift, self.user, order_id=order_id)
                self.assertIn("Choose the quotation", self._alert(page) or page.text)
        self.assertFalse(self._uses(gift))
        own = self._create_order([(self.product, 1, 50.0)], state="sent")
        page = self._page(gift, self.user)
        self.assertEqual(page.xpath("//option/@value"), [str(own.id)])

    # === WHO MAY === #

    def test_who_does_not_see_the_wallet_is_sent_home(self):
        for user in (self.outsider, self.collector, self.salesperson):
            for answer in (
                self._open(f"{self.url}/rewards", user),
                self._open(self._url_of(self.seat), user),
                self._post(self.seat, user, attendees="Ala"),
            ):
                with self.subTest(user=user.login, url=answer.url):
                    self.assertEqual(answer.status_code, 303)
                    self.assertTrue(answer.headers["Location"].endswith("/my"))
        self.assertFalse(self._uses())

    def test_a_stranger_spends_his_own_points_only(self):
        self.other_wallet._grant(self.stranger.partner_id, "uses")
        page = self._post(self.voucher, self.stranger)
        self.assertIn("200 points short", self._alert(page))
        self._give_points(500, self.other_wallet)
        self._post(self.voucher, self.stranger)
        self.assertEqual(self._uses(self.voucher).wallet_id, self.other_wallet)
        self.assertEqual(self.wallet.available, 1000)

    def test_forged_rewards_are_answered_like_missing_ones(self):
        self.company.loyalty_b2b_several_programs = True
        private = self._create_program(name="Private")
        secret = self._create_reward("Secret", 1, program_id=private.id)
        archived = self._create_reward("Old", 1, active=False)
        for number in (secret.id, archived.id, 0, 10**8, 10**30):
            for program in (self.program.id, private.id):
                url = f"/my/loyalty/program/{program}/reward/{number}"
                with self.subTest(url=url):
                    page = self._open(url, self.boss)
                    image = self._open(f"{url}/image", self.boss)
                    posted = self._post(None, self.boss, url=url)
                    self.assertEqual(page.status_code, 303)
                    self.assertEqual(posted.status_code, 303)
                    self.assertEqual(image.status_code, 404)
                    self.assertEqual(
                        page.headers["Location"], posted.headers["Location"]
                    )
                    self.assertNotIn("Secret", page.text + posted.text)
        self.assertFalse(self._uses())

    def test_getting_the_form_s_address_writes_nothing(self):
        page = self._open(f"{self._url_of(self.voucher)}/redeem?quantity=1", self.user)
        self.assertIn(page.status_code, (404, 405))
        self.assertFalse(self._uses())

    def test_a_form_without_its_token_is_refused(self):
        self.authenticate(self.user.login, self.user.login)
        answer = self.url_open(
            f"{self._url_of(self.voucher)}/redeem",
            {"quantity": "1", "request_key": str(uuid.uuid4())},
            allow_redirects=False,
        )
        self.assertEqual(answer.status_code, 400)
        self.assertFalse(self._uses())

    # === PICTURES === #

    def test_pictures_are_for_those_who_take_part(self):
        self.seat.image_1920 = PIXEL
        url = f"{self._url_of(self.seat)}/image"
        page = self._page(self.seat, self.user)
        (src,) = page.xpath("//img[contains(@class,'o_loyalty_b2b_picture')]/@src")
        self.assertEqual(src.split("?")[0], url)
        image = self._open(src, self.user)
        self.assertEqual(image.status_code, 200)
        self.assertTrue(image.headers["Content-Type"].startswith("image/"))
        self.assertIn("immutable", image.headers["Cache-Control"])
        for user in (self.outsider, self.collector, self.salesperson):
            self.assertEqual(self._open(url, user).status_code, 404)
        self.assertEqual(
            self._open(f"{self._url_of(self.voucher)}/image", self.user).status_code,
            404,
        )


@tagged("post_install", "-at_install")
class TestPortalRewardsBudget(PortalRewardCommon):
    """The catalogue adds at most 12 queries, however many rewards there are.

    Who has to ask first reads three more: whom.
    """

    MOST = {"loyalty_user": 12, "loyalty_branch": 15}
    _count_empty_page = TestPortalBudget._count_empty_page

    def _count(self, url=None):
        return TestPortalBudget._count(self, url or f"{self.url}/rewards?sortby=few")

    def _count_added(self):
        self._count()
        self._count_empty_page()
        return self._count() - self._count_empty_page()

    def _add_rewards(self, count):
        for number in range(count):
            self._create_reward(
                f"Hour {number}", 10 * number + 1, image_1920=PIXEL, limit_number=2
            )

    def test_catalogue_stays_in_budget(self):
        for user in (self.user, self.branch_buyer):
            with self.subTest(user=user.login):
                self._add_rewards(2)
                self.authenticate(user.login, user.login)
                few = self._count_added()
                self.assertLessEqual(few, self.MOST[user.login])
                self._add_rewards(25)
                self.assertEqual(self._count_added(), few)

    def test_what_to_think_of_next_costs_a_few_more(self):
        self.authenticate(self.user.login, self.user.login)
        self._add_rewards(2)
        url = f"{self.url}/rewards"
        self._count(url)
        self._count_empty_page()
        few = self._count(url)
        self.assertLessEqual(few - self._count_empty_page(), 18)
        self._add_rewards(25)
        self._count(url)
        self.assertEqual(self._count(url), few)

    def test_only_what_can_be_had_stays_flat(self):
        self.authenticate(self.user.login, self.user.login)
        url = f"{self.url}/rewards?now=1"
        self._count(url)
        few = self._count(url)
        self._add_rewards(30)
        self._count(url)
        self.assertLessEqual(self._count(url), few)
