import base64
import re
from contextlib import ExitStack
from unittest.mock import patch

from odoo import Command
from odoo.http import request
from odoo.tests import tagged

from ..controllers.portal import LoyaltyB2bPortal
from .portal_common import LoyaltyB2bPortalCommon

PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJ"
    "RU5ErkJggg=="
)
# words of ours that customers never read
JARGON = r"\b(lots?|entry|entries|allocations?|posted|debts?|ledger)\b"


@tagged("post_install", "-at_install")
class TestPortalWallet(LoyaltyB2bPortalCommon):
    """What customers read about their points."""

    def _entry(self, move, kind="earn"):
        return self.env["loyalty.b2b.entry"].search(
            [("move_id", "=", move.id), ("kind", "=", kind)]
        )

    # === FIGURES === #

    def test_figures_say_points_and_worth(self):
        self._give_points(12500)
        page = self._read("/my/loyalty")
        text = self._figure(page, "available")
        self.assertIn("12,500 points", text)
        self.assertIn(f"{self._money(125)} net", text)

    def test_expiring_next_names_the_day(self):
        with self.on("2026-03-10"):
            self._give_points(300, date_expiry="2026-04-01")
            self._give_points(700, date_expiry="2026-05-01")
            text = self._figure(self._read("/my/loyalty"), "expiring")
        self.assertIn("300 points", text)
        self.assertIn("last day of use: 04/01/2026", text)

    def test_unpaid_invoices_wait_for_payment(self):
        self.program.activation = "payment"
        self._create_invoice_of([400.0])
        page = self._read("/my/loyalty")
        self.assertIn("400 points", self._figure(page, "waiting"))
        self.assertIn("0 points", self._figure(page, "available"))

    def test_a_programme_that_waits_for_nothing_does_not_speak_of_it(self):
        page = self._read("/my/loyalty")
        self.assertFalse(page.xpath("//*[@data-figure='waiting']"))

    def test_held_points_are_named(self):
        self._give_points(1000)
        self.wallet._hold(300, "test:hold", order_name="S1")
        text = self._figure(self._read("/my/loyalty"), "available")
        self.assertIn("700 points", text)
        self.assertIn("300 points held for open quotations", text)

    def test_points_used_and_taken_back_are_explained_without_debt(self):
        move = self._create_invoice_of([500.0])
        self.wallet._take("redeem", 300, "test:use", order_name="S1")
        credit = self._credit(move)
        text = self._text(self._read("/my/loyalty"))
        self.assertIn("You have used 300 points more than you have now", text)
        self.assertIn(f"taken back with {credit.name}", text)
        self.assertNotIn("-3.00", text)

    # === EXPECTED === #

    def _expected(self):
        return self.wallet._get_portal_expected()

    def test_confirmed_orders_are_expected_until_invoiced(self):
        order = self._create_order([(self.product, 3, 100.0)], confirm=True)
        self.assertEqual(self._expected(), 300)
        order._create_invoices().action_post()
        self.assertEqual(self._expected(), 0)

    def test_what_a_credit_note_took_back_is_not_promised_again(self):
        order = self._create_order([(self.product, 3, 100.0)], confirm=True)
        move = order._create_invoices()
        move.action_post()
        self._credit(move)
        self.assertEqual(self._expected(), 0)

    def test_an_invoice_reset_to_draft_is_expected_again(self):
        order = self._create_order([(self.product, 3, 100.0)], confirm=True)
        move = order._create_invoices()
        move.action_post()
        move.button_draft()
        order.invoice_status = "to invoice"
        self.assertEqual(self._expected(), 300)

    def test_quotations_are_not_expected(self):
        self._create_order([(self.product, 3, 100.0)])
        self.assertEqual(self._expected(), 0)

    def test_orders_of_others_are_not_expected(self):
        self._create_order(
            [(self.product, 3, 100.0)], partner=self.other_customer, confirm=True
        )
        self.assertEqual(self._expected(), 0)

    def test_orders_of_a_branch_are_expected(self):
        self._create_order([(self.product, 2, 100.0)], self.branch, confirm=True)
        self.assertEqual(self._expected(), 200)

    def test_a_paused_programme_expects_nothing(self):
        self._create_order([(self.product, 3, 100.0)], confirm=True)
        self.program.action_pause()
        self.assertEqual(self._expected(), 0)

    def test_expected_is_what_the_orders_promise_less_what_was_earned(self):
        """The page's query and the order's own method agree, whatever the order."""
        excluded = self._create_goods("Excluded", 50.0)
        self.program.excluded_product_ids = excluded
        self._create_goods("By delivery", 10.0, invoice_policy="delivery")
        orders = self._create_order(
            [(self.product, 3, 33.35), (excluded, 1, 50.0)], confirm=True
        )
        orders |= self._create_order([(self.product, 7, 12.99)], confirm=True)
        euro = self._create_order(
            [(self.product, 2, 19.99)],
            pricelist_id=self._create_foreign_pricelist().id,
            confirm=True,
        )
        partly = self._create_order(
            [(self.product, 10, 10.0), (self.product, 5, 7.77)], confirm=True
        )
        move = partly._create_invoices()
        move.invoice_line_ids[1].unlink()
        move.action_post()
        promised = sum(
            order._get_loyalty_b2b_expected_points(self.program)
            for order in orders | euro | partly
        )
        self.assertEqual(self._expected(), promised - self._points_of(move))

    def _create_foreign_pricelist(self):
        foreign = self.env["res.currency"].create({"name": "LB2", "symbol": "L"})
        self.env["res.currency.rate"].create(
            {
                "currency_id": foreign.id,
                "rate": 0.37,
                "name": "2015-01-01",
                "company_id": self.company.id,
            }
        )
        return self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": foreign.id}
        )

    # === NOTICES === #

    def test_states_are_said_in_words(self):
        self._give_points(100)
        for state, words in (
            ("invited", "You already collect points"),
            ("suspended", "cannot be used at the moment"),
        ):
            with self.subTest(state=state):
                self.wallet.state = state
                text = self._text(self._read("/my/loyalty"))
                self.assertIn(words, text)
                self.assertNotIn("can be used now", text)

    def test_a_paused_programme_says_so(self):
        self._give_points(100)
        self.program.action_pause()
        text = self._text(self._read("/my/loyalty"))
        self.assertIn("The programme is paused", text)
        self.assertNotIn("can be used now", text)

    def test_a_closing_programme_names_its_last_days(self):
        self.program.sudo().write({"state": "closing", "date_last_use": "2099-12-31"})
        text = self._text(self._read("/my/loyalty"))
        self.assertIn("Last day to use them: 12/31/2099.", text)

    def test_account_manager_has_phone_and_mail(self):
        self.salesperson.partner_id.write(
            {"phone": "+48 22 555 01 23", "email": "anna@example.com"}
        )
        page = self._read("/my/loyalty")
        links = page.xpath("//aside//a/@href")
        self.assertEqual(links, ["tel:+48225550123", "mailto:anna@example.com"])

    # === HISTORY === #

    def test_history_has_one_row_for_each_event(self):
        move = self._create_invoice_of([500.0])
        use = self.wallet._take("redeem", 200, "test:use", order_name="S7")
        back = self.wallet._give_back(use, 50, "test:back", order_name="S7")
        page = self._read("/my/loyalty")
        row = self._row(page, self._entry(move))
        self.assertIn(f"Earned · {move.name}", row)
        self.assertIn("300 available, 200 used", row)
        self.assertTrue(row.endswith("+500 points"), row)
        self.assertIn("50 returned", self._row(page, use))
        self.assertIn("Returned · S7", self._row(page, back))

    def test_an_unpaid_invoice_that_is_credited_waits_no_more(self):
        self.program.activation = "payment"
        move = self._create_invoice_of([400.0])
        credit = self._credit(move)
        page = self._read("/my/loyalty")
        for entry in self._entry(move) | self._entry(credit, "reversal"):
            self.assertIn("taken back before payment", self._row(page, entry))

    def test_points_are_missing_only_where_nothing_covers_them(self):
        """What the settling job will cover in a minute is not said to be missing."""
        words = "to be covered by new purchases"
        self._give_points(1000)
        self.wallet._force_redeem(300, "test:covered")
        self.assertNotIn(words, self._text(self._read("/my/loyalty")))
        missing = self.wallet._force_redeem(900, "test:missing")
        self.wallet._lock()
        self.wallet._settle()
        row = self._row(self._read("/my/loyalty"), missing)
        self.assertIn(f"200 {words}", row)

    def test_filter_shows_one_word_only(self):
        self._create_invoice_of([500.0])
        use = self.wallet._take("redeem", 200, "test:use", order_name="S7")
        page = self._read("/my/loyalty?filterby=used")
        self.assertEqual(page.xpath("//tr/@data-entry"), [str(use.id)])

    def test_oldest_first(self):
        first = self._give_points(1, date_event="2026-01-01")
        second = self._give_points(2, date_event="2026-01-02")
        ids = [str(first.id), str(second.id)]
        page = self._read("/my/loyalty?sortby=oldest")
        self.assertEqual(page.xpath("//tr/@data-entry"), ids)
        page = self._read("/my/loyalty")
        self.assertEqual(page.xpath("//tr/@data-entry"), ids[::-1])

    def test_pager_keeps_the_filter(self):
        for number in range(25):
            self._give_points(number + 1)
        page = self._read("/my/loyalty?filterby=earned")
        (last,) = page.xpath("//li/a[normalize-space()='2']/@href")
        self.assertIn("filterby=earned", last)
        self.assertEqual(len(self._read(last).xpath("//tr[@data-entry]")), 5)

    def test_an_empty_history_says_how_to_begin(self):
        text = self._text(self._read("/my/loyalty"))
        self.assertIn("No points yet", text)
        text = self._text(self._read("/my/loyalty?filterby=expired"))
        self.assertIn("Nothing of this kind so far", text)

    def test_lapsed_points_read_expired_before_the_job_has_run(self):
        with self.on("2026-03-10"):
            lot = self._give_points(300, date_expiry="2026-03-09")
            page = self._read("/my/loyalty")
        self.assertIn("300 expired", self._row(page, lot))
        self.assertIn("0 points", self._figure(page, "available"))

    def test_notes_of_a_merge_and_cancelled_holds_are_no_history(self):
        self._give_points(100)
        hold = self.wallet._hold(50, "test:hold")
        self.wallet._release(hold)
        self.wallet._merge(self._enrol(self._create_customer("Double", "5252344078")))
        page = self._read("/my/loyalty")
        self.assertEqual(len(page.xpath("//tr[@data-entry]")), 1)
        self.assertNotIn("Double", self._text(page))

    def test_another_company_of_the_wallet_is_named(self):
        move = self._create_invoice_of([500.0], self.branch)
        row = self._row(self._read("/my/loyalty"), self._entry(move))
        self.assertIn("Wisła Gdańsk", row)

    # === WHY === #

    def test_why_shows_each_line_with_its_rate(self):
        move = self._create_invoice_of([(self.product, 3, 50.0)])
        text = self._text(self._read(f"/my/loyalty/{self._entry(move).id}"))
        self.assertIn("Drill", text)
        self.assertIn(self._money(150), text)
        self.assertIn(f"1 point per {self._money(1)}", text)
        self.assertIn("+150 points", text)

    def test_why_says_why_a_line_earned_nothing(self):
        excluded = self._create_goods("Bucket", 50.0)
        self.program.excluded_product_ids = excluded
        move = self._create_invoice_of([(self.product, 1, 10.0), (excluded, 1, 50.0)])
        text = self._text(self._read(f"/my/loyalty/{self._entry(move).id}"))
        self.assertIn("This product is excluded from the programme.", text)

    def test_unknown_reasons_are_never_shown_as_codes(self):
        line = self.env["loyalty.b2b.entry.line"].new({"reason": "some_code"})
        self.assertEqual(
            self.env["loyalty.b2b.entry"]._get_portal_reason(line), "Earns nothing."
        )

    def test_own_documents_are_linked_and_others_only_named(self):
        move = self._create_invoice_of([500.0])
        url = f"/my/loyalty/{self._entry(move).id}"
        links = self._read(url, self.boss).xpath("//dd/a/@href")
        self.assertEqual(links, [f"/my/invoices/{move.id}"])
        page = self._read(url, self.branch_buyer)
        self.assertFalse(page.xpath("//dd/a"))
        self.assertIn(move.name, self._text(page))

    def test_a_quotation_not_sent_is_not_linked(self):
        self._give_points(100)
        order = self._create_order([(self.product, 1, 100.0)], partner=self.customer)
        hold = self.wallet._hold(
            50, "test:hold", order_id=order.id, order_name=order.name
        )
        page = self._read(f"/my/loyalty/{hold.id}")
        self.assertFalse(page.xpath("//dd/a"))

    def test_points_from_another_wallet_do_not_name_it(self):
        self._give_points(100, wallet=self.other_wallet)
        entries = self.other_wallet._transfer(self.wallet, 60, "test:move", "Moved")
        received = entries.filtered(lambda entry: entry.wallet_id == self.wallet)
        page = self._read(f"/my/loyalty/{received.id}")
        links = page.xpath("//ul[not(ancestor::nav)]//a[starts-with(@href, '/my/')]")
        self.assertFalse(links)
        self.assertNotIn("Odra", self._text(page))

    # === RULES AND LOOK === #

    def test_how_it_works_reads_rules_rate_and_terms(self):
        self.program.terms = "<p>Our terms</p>"
        text = self._text(self._read(f"/my/loyalty/program/{self.program.id}/rules"))
        for words in (
            self.program.rule_ids.sentence,
            "Points can be used for 24 months",
            f"1,000 points are worth {self._money(10)} net",
            "Our terms",
        ):
            self.assertIn(words.replace("\N{NO-BREAK SPACE}", " "), text)

    def test_logo_is_streamed_or_the_company_steps_in(self):
        url = f"/my/loyalty/program/{self.program.id}/logo"
        self.company.logo = PIXEL
        self.assertEqual(self._open(url, self.boss).status_code, 200)
        self.program.logo = PIXEL
        page = self._open(url, self.boss)
        self.assertEqual(page.content, base64.b64decode(self.program.logo))

    def test_colour_is_a_colour(self):
        for value, expected in (
            ("#0b6e4f", "#0b6e4f"),
            ("red; background: url(//x)", "#714B67"),
            ("#123456; x", "#714B67"),
            (False, "#714B67"),
        ):
            with self.subTest(value=value):
                self.program.color = value
                self.assertEqual(self.program._get_portal_color(), expected)

    def test_several_programmes_are_a_choice(self):
        self.company.loyalty_b2b_several_programs = True
        second = self._create_program(name="Academy", point_name="stars")
        self._enrol(self.customer, second)
        page = self._read("/my/loyalty")
        self.assertIn("Academy", self._text(page))
        page = self._read(f"/my/loyalty/program/{second.id}")
        self.assertIn("0 stars", self._figure(page, "available"))

    def test_pages_keep_to_the_words_of_customers(self):
        move = self._create_invoice_of([500.0])
        self.wallet._take("redeem", 300, "test:use", order_name="S1")
        self._credit(move)
        urls = ["/my/loyalty", f"/my/loyalty/program/{self.program.id}/rules"]
        urls += [f"/my/loyalty/{entry.id}" for entry in self.wallet.entry_ids]
        for url in urls:
            with self.subTest(url=url):
                text = self._text(self._read(url))
                self.assertFalse(re.findall(JARGON, text, re.IGNORECASE), text)

    def test_home_counts_wallets(self):
        for user, count in ((self.boss, 1), (self.branch_buyer, 1), (self.outsider, 0)):
            with self.subTest(user=user.login):
                self.authenticate(user.login, user.login)
                values = self.make_jsonrpc_request(
                    "/my/counters", {"counters": ["loyalty_b2b_count"]}
                )
                self.assertEqual(values["loyalty_b2b_count"], count)

    def test_goals_with_their_progress(self):
        self.assertFalse(self._read("/my/loyalty").xpath("//*[@data-goal]"))
        values = {"trigger": "goal", "effect": "bonus", "points": 2000}
        self.program.rule_ids = [
            Command.create({"name": name, "goal_target": target, **values})
            for name, target in (("A dozen", 12), ("The first", 1))
        ]
        self._create_invoice_of([100.0])
        goals = self._read("/my/loyalty").xpath("//*[@data-goal]")
        texts = [self._text(goal) for goal in goals]
        self.assertIn("A dozen 1 of 12 orders until 31 December: 2,000 points", texts)
        self.assertIn("The first Reached 1 of 1 orders: 2,000 points", texts)
        bars = [goal.xpath(".//*[@role='progressbar']")[0] for goal in goals]
        self.assertEqual({bar.get("aria-valuenow") for bar in bars}, {"8", "100"})


@tagged("post_install", "-at_install")
class TestPortalBudget(LoyaltyB2bPortalCommon):
    """DESIGN §9: the wallet page adds at most 10 queries, however long its history."""

    MOST = 10

    def _count(self, url="/my/loyalty"):
        """Return the queries of one page view by a user who is signed in."""
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        page = self.url_open(url)
        self.assertEqual(page.status_code, 200)
        return self.env.cr.sql_log_count - before

    def _count_empty_page(self):
        """Return the queries of the portal's bare layout: ours switched off."""

        def render(portal, wallets):
            values = portal._prepare_portal_layout_values()
            return request.render("portal.portal_layout", {**values, "page_name": ""})

        nothing = self.env["loyalty.b2b.wallet"]
        with ExitStack() as stack:
            for name, value in (
                ("_get_loyalty_b2b_wallets", lambda portal: nothing),
                ("_redirect_loyalty_b2b", render),
            ):
                stack.enter_context(patch.object(LoyaltyB2bPortal, name, value))
            return self._count()

    def _add_history(self, count):
        for number in range(count):
            self._give_points(100 + number)
            order = self._create_order([(self.product, 1, 10.0)], confirm=True)
            if number % 2:
                order._create_invoices().action_post()
        self.wallet._take("redeem", 50, f"test:use:{count}", order_name="S1")

    def _count_added(self):
        self._count()
        self._count_empty_page()
        return self._count() - self._count_empty_page()

    def test_wallet_page_stays_in_budget(self):
        self._add_history(3)
        self.authenticate(self.boss.login, self.boss.login)
        few = self._count_added()
        self.assertLessEqual(few, self.MOST)
        self._add_history(30)
        self.assertEqual(self._count_added(), few)

    def test_a_wallet_below_zero_stays_in_budget(self):
        move = self._create_invoice_of([500.0])
        self.wallet._take("redeem", 300, "test:use", order_name="S1")
        self._credit(move)
        self.authenticate(self.boss.login, self.boss.login)
        self.assertLessEqual(self._count_added(), self.MOST)

    def test_a_page_with_goals_stays_in_budget(self):
        self.program.rule_ids = [
            Command.create(
                {
                    "name": f"Goal {target}",
                    "trigger": "goal",
                    "effect": "bonus",
                    "points": 2000,
                    "goal_target": target,
                }
            )
            for target in (1, 4, 12)
        ]
        self._add_history(3)
        self.assertTrue(self.wallet._get_goals()[0]["reached"])
        self.authenticate(self.boss.login, self.boss.login)
        self.assertLessEqual(self._count_added(), self.MOST)

    def test_a_page_with_levels_and_goals_stays_in_budget(self):
        term = self.env["account.payment.term"].create({"name": "60 days"})
        self.program.tier_ids = [
            Command.create(
                {
                    "name": f"Level {number}",
                    "threshold": 100 * number,
                    "factor": 1.5,
                    "payment_term_id": term.id,
                    "image": PIXEL,
                }
            )
            for number in (1, 2, 3)
        ]
        goal = {"name": "Goal", "trigger": "goal", "effect": "bonus", "points": 9}
        self.program.rule_ids = [Command.create({**goal, "goal_target": 3})]
        self._create_invoice_of([250.0])
        self.wallet._lock()
        self.wallet._settle()
        self._add_history(3)
        self.authenticate(self.boss.login, self.boss.login)
        self.assertIn("Your level", self.url_open("/my/loyalty").text)
        few = self._count_added()
        self.assertLessEqual(few, self.MOST)
        self._add_history(10)
        self.assertEqual(self._count_added(), few)

    def test_foreign_orders_stay_flat(self):
        pricelist = TestPortalWallet._create_foreign_pricelist(self)

        def add(count):
            for _number in range(count):
                self._create_order(
                    [(self.product, 1, 10.0)], pricelist_id=pricelist.id, confirm=True
                )

        self.authenticate(self.boss.login, self.boss.login)
        add(2)
        few = self._count_added()
        add(10)
        self.assertEqual(self._count_added(), few)
