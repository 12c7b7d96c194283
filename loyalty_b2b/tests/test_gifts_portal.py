import uuid

from odoo.tests import tagged

from .test_portal_rewards import PortalRewardCommon


class GiftsPortalCommon(PortalRewardCommon):
    """A gift, and how who decides about points asks for it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.loyalty_b2b_gifts = True
        cls.company.loyalty_b2b_gift_threshold = 100.0
        cls.gift = cls._create_reward(
            "Fountain pen", 10, kind="gift", value=30.0, cost=20.0
        )

    def _ask(self, user=None, **values):
        return self._post(
            self.gift,
            user or self.boss,
            **{
                "gift_name": "Anna Nowak",
                "gift_function": "Buyer",
                "gift_status": "employee",
                "gift_consent": "1",
                "reason": "Ten years together",
                **values,
            },
        )

    def _be_refused_a_fourth(self):
        for _number in range(3):
            self._ask()
        url = self._url_of(self.gift)
        self.start_tour(url, "loyalty_b2b_portal_fourth_gift", login=self.boss.login)
        self.assertEqual(len(self._uses(self.gift)), 3)


@tagged("post_install", "-at_install")
class TestGiftsPortal(GiftsPortalCommon):
    """Who decides about points asks for a gift to a colleague, and agrees to it."""

    def assertRefused(self, page, text):
        self.assertEqual(page.status_code, 200)
        self.assertIn(text, self._alert(page))

    def test_who_decides_asks_for_a_named_colleague(self):
        page = self._ask()
        use = self._uses(self.gift)
        self.assertTrue(page.headers["Location"].endswith(f"/use/{use.id}?noted=1"))
        gift = use.gift_ids
        self.assertEqual((gift.name, gift.status), ("Anna Nowak", "employee"))
        self.assertEqual(gift.owner_id, self.customer)
        self.assertEqual((gift.consent_name, gift.consent_how), ("Jan Boss", "portal"))
        self.assertEqual((use.state, use.contact_id), ("done", self.boss.partner_id))
        self.assertWallet(available=990)

    def test_the_page_says_that_gifts_are_no_matter_of_price(self):
        self.company.loyalty_b2b_gift_text = "Ask our tax desk."
        page = self._read(self._url_of(self.gift), self.boss)
        text = self._text(page)
        self.assertIn("Rewards for the company are a matter of price", text)
        self.assertIn("Personal gifts are not", text)
        self.assertIn("Ask our tax desk.", text)
        (button,) = page.xpath("//input[@name='gift_name']")
        self.assertEqual(button.get("required"), "required")

    def test_others_are_shown_no_gifts(self):
        catalogue = f"{self.url}/rewards"
        self.assertIn("Fountain pen", self._text(self._read(catalogue, self.boss)))
        for user in (self.user, self.branch_buyer):
            with self.subTest(user=user.login):
                text = self._text(self._read(catalogue, user))
                self.assertNotIn("Fountain pen", text)
                for page in (
                    self._open(self._url_of(self.gift), user),
                    self._open(self._url_of(self.gift) + "/image", user),
                    self._ask(user),
                ):
                    self.assertIn(page.status_code, (303, 404))
        self.assertFalse(self._uses(self.gift))

    def test_nobody_is_shown_gifts_where_they_are_off(self):
        self.company.loyalty_b2b_gifts = False
        text = self._text(self._read(f"{self.url}/rewards", self.boss))
        self.assertNotIn("Fountain pen", text)
        self.assertEqual(self._ask().status_code, 303)
        self.assertFalse(self._uses(self.gift))

    def test_the_fourth_gift_is_refused_on_the_page(self):
        for _number in range(3):
            self._ask()
        page = self._ask()
        self.assertRefused(page, "3 of 3 gifts")
        self.assertIn("Anna Nowak", page.text)
        self.assertEqual(len(self._uses(self.gift)), 3)

    def test_a_form_sent_twice_is_one_gift(self):
        key = str(uuid.uuid4())
        pages = [self._ask(request_key=key) for _click in range(2)]
        self.assertEqual(len({page.headers["Location"] for page in pages}), 1)
        self.assertEqual(len(self._uses(self.gift)), 1)

    def test_nobody_asks_for_himself_but_an_owner(self):
        self.assertRefused(self._ask(gift_name="boss JAN"), "gift to himself")
        self._ask(gift_name="Jan Boss", gift_status="owner")
        self.assertEqual(len(self._uses(self.gift)), 1)

    def test_what_is_missing_or_odd_is_said(self):
        for values, text in (
            ({"gift_name": " "}, "enter the name"),
            ({"gift_function": ""}, "Enter what Anna Nowak is"),
            ({"gift_status": "boss"}, "Choose what"),
            ({"gift_status": "public"}, "public sector"),
            ({"gift_consent": ""}, "Tick that"),
            ({"gift_name": "see www.example.com"}, "without web addresses"),
            ({"reason": " "}, "what the gift is for"),
            ({"quantity": "-1"}, "how many"),
            ({"quantity": "4"}, "0 of 3 gifts"),
        ):
            with self.subTest(values=values):
                self.assertRefused(self._ask(**values), text)
        self.assertFalse(self._uses(self.gift))

    def test_above_the_threshold_an_officer_agrees(self):
        self.company.loyalty_b2b_gift_threshold = 0.0
        self._ask()
        use = self._uses(self.gift)
        self.assertEqual((use.state, use.approval_ids.step), ("approve", "gift"))
        self.assertWallet(available=1000)
        use.approval_ids.with_user(self.officer)._answer("accepted")
        self.assertEqual(use.state, "done")


@tagged("post_install", "-at_install")
class TestGiftsPortalTour(GiftsPortalCommon):
    def test_a_fourth_gift_is_refused(self):
        self._be_refused_a_fourth()


@tagged("post_install", "-at_install")
class TestGiftsPortalTourMobile(GiftsPortalCommon):
    browser_size = "390x844"
    touch_enabled = True

    def test_a_fourth_gift_is_refused_on_a_phone(self):
        self._be_refused_a_fourth()
