import uuid

from odoo import http
from odoo.tests import tagged

from .test_portal_rewards import PortalRewardCommon


@tagged("post_install", "-at_install")
class TestPortalUses(PortalRewardCommon):
    """What customers see of their uses of points, and how they take a wish back."""

    def _use(self, reward=None, user=None, quantity=1, **values):
        """Ask for a reward as a person does in the portal; return the redemption."""
        user = user or self.user
        return (
            (reward or self.voucher)
            .with_user(user)
            .sudo()
            ._redeem(
                self.wallet,
                user.partner_id,
                quantity,
                request_key=str(uuid.uuid4()),
                **values,
            )
            .with_user(self.env.user)
        )

    def _rows(self, query="", user=None):
        page = self._read(f"{self.url}/uses{query}", user)
        return {
            int(row.get("data-use")): self._text(row)
            for row in page.xpath("//tr[@data-use]")
        }

    def _page(self, use, user=None):
        return self._read(f"/my/loyalty/use/{use.id}", user)

    def _withdraw(self, use, user):
        self.authenticate(user.login, user.login)
        return self.url_open(
            f"/my/loyalty/use/{use.id if use else 10**30}/withdraw",
            {"csrf_token": http.Request.csrf_token(self)},
            allow_redirects=False,
        )

    # === THE LIST === #

    def test_the_list_says_what_who_and_how_far(self):
        use = self._use(self.seat, quantity=2, attendees="Ala\nOla")
        wish = self._use(user=self.branch_buyer)
        rows = self._rows()
        for part in ("2 × Heat pump course", "Ola User", "Booked", "800 points"):
            self.assertIn(part, rows[use.id])
        self.assertIn("Waiting for an answer", rows[wish.id])

    def test_the_list_is_filtered(self):
        ended, wish = self._use(), self._use(user=self.branch_buyer)
        for query, found in (
            ("?filterby=all", {ended.id, wish.id}),
            ("?filterby=open", {wish.id}),
            ("?filterby=ended", {ended.id}),
            ("?filterby=own", {ended.id}),
            ("?filterby=__class__", {ended.id, wish.id}),
            ("/page/99999999999999", {ended.id, wish.id}),
        ):
            with self.subTest(query=query):
                self.assertEqual(set(self._rows(query, self.user)), found)

    def test_discounts_on_orders_stand_there_too(self):
        order = self._create_order([(self.product, 1, 100.0)], state="sent")
        order.with_user(self.user).sudo()._use_loyalty_b2b_points(
            500, self.user.partner_id
        )
        (text,) = self._rows().values()
        self.assertIn("Discount of", text)
        self.assertIn("On your quotation", text)

    def test_the_history_says_for_what_points_were_used(self):
        self._use()
        self.assertIn("Fuel voucher", self._text(self._read("/my/loyalty")))

    def test_what_was_used_without_an_order_names_none(self):
        entries = self._use().entry_ids
        self.assertTrue(entries)
        self.assertEqual(set(entries.mapped("order_name")), {False})

    def test_nothing_used_leads_to_the_rewards(self):
        page = self._read(f"{self.url}/uses")
        self.assertIn("No points were used yet", self._text(page))
        self.assertIn(f"{self.url}/rewards", page.xpath("//p//a/@href"))

    def test_drafts_are_nobody_s_business(self):
        use = self._use()
        use.sudo().with_context(tracking_disable=True).state = "draft"
        self.assertFalse(self._rows())
        page = self._open(f"/my/loyalty/use/{use.id}", self.boss)
        self.assertEqual(page.status_code, 303)

    # === THE PAGE === #

    def test_the_page_says_what_happens_next(self):
        self.seat.must_confirm = True
        held = self._use(self.seat, attendees="Ala")
        self.assertIn("We confirm that it can be given", self._text(self._page(held)))
        held.sudo()._confirm_alone()
        text = self._text(self._page(held))
        self.assertIn("Your seat is booked", text)
        self.assertIn("4 May 2037, 09:00, Warsaw", text)
        self.assertIn("Ala", text)
        held.sudo()._fulfil("Certificate by mail")
        self.assertIn("Certificate by mail", self._text(self._page(held)))
        held.sudo()._cancel_reward("Course dropped")
        text = self._text(self._page(held, self.user))
        self.assertIn("The points are yours again", text)
        self.assertIn("Course dropped", text)

    def test_a_wish_says_who_answers_and_then_who_did(self):
        wish = self._use(user=self.branch_buyer, reason="For the drivers")
        text = self._text(self._page(wish, self.branch_buyer))
        self.assertIn("Jan Boss answers until", text)
        self.assertIn("No points are held yet", text)
        wish.approval_ids.sudo()._answer(
            "refused", answer="Too dear", by=self.boss.partner_id
        )
        text = self._text(self._page(wish, self.branch_buyer))
        for part in ("Refused", "Jan Boss refused", "Too dear", "No points were used"):
            self.assertIn(part, text)

    def test_reasons_are_for_who_asked_and_who_decides(self):
        wish = self._use(user=self.branch_buyer, reason="My daughter marries")
        for user, expected in (
            (self.branch_buyer, True),
            (self.boss, True),
            (self.user, False),
        ):
            text = self._text(self._page(wish, user))
            self.assertEqual("My daughter marries" in text, expected, user.login)
        seat = self._use(self.seat, attendees="Zenobia Lis")
        self.assertIn("Zenobia Lis", self._text(self._page(seat, self.boss)))
        text = self._text(self._page(seat, self.branch_buyer))
        self.assertNotIn("Zenobia Lis", text)

    def test_codes_are_for_who_asked_and_who_decides(self):
        use = self._use()
        for user, expected in (
            (self.user, True),
            (self.boss, True),
            (self.branch_buyer, False),
        ):
            with self.subTest(user=user.login):
                page = self._open(f"/my/loyalty/use/{use.id}", user)
                self.assertEqual("AAAA-1111" in page.text, expected)
                self.assertNotIn("BBBB-2222", page.text)
                self.assertIn("no-store", page.headers["Cache-Control"])
        text = self._text(self._page(use, self.branch_buyer))
        self.assertIn("The code is shown to Ola User", text)

    def test_codes_set_aside_are_not_shown_yet(self):
        self.voucher.must_confirm = True
        use = self._use()
        self.assertTrue(use.sudo().code_ids)
        page = self._open(f"/my/loyalty/use/{use.id}", self.user)
        self.assertNotIn("AAAA-1111", page.text)

    def test_personal_gifts_are_for_who_asked_and_who_decides(self):
        use = self._use()
        self.env.cr.execute(
            "UPDATE loyalty_b2b_redemption SET reward_kind = 'gift' WHERE id = %s",
            [use.id],
        )
        use.invalidate_recordset()
        for user, expected in (
            (self.user, True),
            (self.boss, True),
            (self.branch_buyer, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(use.id in self._rows(user=user), expected)
                page = self._open(f"/my/loyalty/use/{use.id}", user)
                self.assertEqual(page.status_code == 200, expected)

    # === WITHDRAW === #

    def test_a_wish_is_taken_back_by_who_asked(self):
        wish = self._use(user=self.branch_buyer)
        self.assertTrue(
            self._page(wish, self.branch_buyer).xpath(
                "//form[@name='loyalty_withdraw']"
            )
        )
        for _click in ("first", "second"):
            answer = self._withdraw(wish, self.branch_buyer)
            self.assertEqual(answer.status_code, 303)
            self.assertEqual(wish.state, "cancelled")
        self.assertEqual(wish.approval_ids.verdict, "withdrawn")
        self.assertIn("Withdrawn", self._text(self._page(wish, self.branch_buyer)))

    def test_nobody_else_takes_it_back(self):
        wish = self._use(user=self.branch_buyer)
        for user in (
            self.boss,
            self.user,
            self.collector,
            self.stranger,
            self.outsider,
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._withdraw(wish, user).status_code, 303)
                self.assertEqual(wish.state, "approve")

    def test_what_is_used_already_is_not_taken_back(self):
        use = self._use()
        self.assertFalse(
            self._page(use, self.user).xpath("//form[@name='loyalty_withdraw']")
        )
        self._withdraw(use, self.user)
        self.assertEqual(use.state, "fulfilled")
        self.assertEqual(self.wallet.available, 800)

    def test_getting_the_address_takes_nothing_back(self):
        wish = self._use(user=self.branch_buyer)
        self._open(f"/my/loyalty/use/{wish.id}/withdraw", self.branch_buyer)
        self.assertEqual(wish.state, "approve")

    # === WHO MAY === #

    def test_uses_of_others_are_answered_like_missing_ones(self):
        use = self._use()
        for user in (self.stranger, self.outsider, self.collector, self.salesperson):
            answers = set()
            for number in (use.id, 10**8, 10**30, 0):
                page = self._open(f"/my/loyalty/use/{number}", user)
                answers.add((page.status_code, page.headers.get("Location")))
                self.assertNotIn("AAAA-1111", page.text)
            self.assertEqual(len(answers), 1, (user.login, answers))
            self.assertEqual(answers.pop()[0], 303)
        self.assertEqual(self._rows(user=self.stranger), {})
        for user in (self.outsider, self.collector, self.salesperson):
            self.assertEqual(self._open(f"{self.url}/uses", user).status_code, 303)
        page = self._withdraw(None, self.user)
        self.assertEqual(page.status_code, 303)

    def test_a_person_who_has_left_sees_nothing(self):
        use = self._use()
        self.user.partner_id.parent_id = self.other_customer
        for url in (f"{self.url}/rewards", f"/my/loyalty/use/{use.id}"):
            page = self._open(url, self.user)
            self.assertNotIn("AAAA-1111", page.text)
        self.assertFalse(self._rows(user=self.user))
