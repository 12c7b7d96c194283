from datetime import date
from decimal import Decimal
from unittest.mock import patch

from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mail.tests.common import MailCommon

from .message_common import LoyaltyB2bMessageCommon

# told from the ledger, or tested with what they depend on
NOT_QUEUED = {"earned", "used", "expiring", "tier_ending"}
MAIL = "odoo.addons.mail.models.mail_mail"


@tagged("post_install", "-at_install")
class TestDigest(LoyaltyB2bMessageCommon, MailCommon):
    """One message a person and day, in his language, by his channel."""

    # === WHAT IS TOLD === #

    def test_what_was_earned_and_used_since_the_last_message_is_told(self):
        self._earn(500)
        first = self._send("2026-06-10")
        self.assertEqual(first.partner_id, self.anna)
        self.assertEqual(first.topics, "earned")
        self.assertIn("500\N{NO-BREAK SPACE}points", first.body)
        self._earn(70, "2026-06-10")
        with self.on("2026-06-10"):
            self.wallet._take("redeem", 100, "use:1", order_name="S00042")
        second = self._send("2026-06-11")
        self.assertEqual(second.topics, "used,earned")
        self.assertIn("+70\N{NO-BREAK SPACE}points", second.body)
        self.assertIn("S00042", second.body)
        self.assertNotIn("500\N{NO-BREAK SPACE}points", second.body)
        self.assertFalse(self._send("2026-06-12"))

    def test_staff_who_used_points_are_named(self):
        self._earn(500)
        self._send("2026-06-10")
        with self.on("2026-06-10"):
            wallet = self.wallet.with_user(self.salesperson)
            wallet.sudo()._take("redeem", 100, "use:1", order_name="S00042", amount=1)
        body = self._send("2026-06-11").body
        self.assertIn(f"used by {self.salesperson.name}", body)

    def test_what_happened_before_messages_is_no_news(self):
        self.program.notices = False
        self._earn(500)
        self.program.notices = True
        self.assertFalse(self._send())

    def test_a_new_reader_is_not_told_old_news(self):
        self._earn(500)
        self._send("2026-06-10")
        self._earn(70, "2026-06-10")
        new = self._create_reader("nowy")
        made = self._send("2026-06-11").filtered(lambda d: d.partner_id == new)
        self.assertNotIn("500\N{NO-BREAK SPACE}points", made.body)
        self.assertIn("+70\N{NO-BREAK SPACE}points", made.body)

    def test_nothing_to_tell_is_no_message(self):
        self.assertFalse(self._send())

    def test_points_that_wait_are_not_told_as_earned(self):
        self.program.activation = "payment"
        with self.on("2026-06-09"):
            self._create_invoice_of([100.0])
        self.assertFalse(self._send())

    def test_all_topics_go_into_one_message(self):
        self._earn(500)
        self._tell("announced")
        self._tell("terms", text="1 000 points are worth 12 PLN.")
        made = self._send()
        self.assertEqual(made.topics, "terms,announced,earned")
        self.assertEqual(len(made.notice_ids), 2)
        self.assertTrue(made.subject.startswith("Club: new terms, a programme for you"))
        self.assertIn("1 000 points are worth 12 PLN.", made.body)

    def test_texts_are_escaped(self):
        self._tell("terms", text="<script>alert(1)</script> a < b & c")
        self.customer.name = "Wisła <b>& Co</b>"
        body = self._send().body
        self.assertNotIn("<script", body)
        self.assertNotIn("<b>&", body)

    def test_every_topic_has_its_text(self):
        tier = self.env["loyalty.b2b.tier"].create(
            {"name": "Gold", "program_id": self.program.id, "threshold": 1}
        )
        values = {
            "tier_reached": {"tier_id": tier.id, "until": "2026-12-31"},
            "tier_lost": {"tier_id": tier.id},
            "closing": {
                "date_last_earning": "2026-09-30",
                "date_last_use": "2026-12-01",
            },
            "terms": {"text": "New", "day": "2026-07-01"},
            "statement": {"month": "2026-05"},
            "announced": {"date_start": "2026-07-01"},
        }
        queued = self.env["loyalty.b2b.notice"]._fields["topic"].get_values(self.env)
        for number, topic in enumerate(set(queued) - NOT_QUEUED):
            with self.subTest(topic=topic):
                day = date(2026, 7, 1 + number)
                self._tell(topic, on_day=day, **values.get(topic, {}))
                made = self._send(day)
                self.assertEqual(made.topics, topic)
                self.assertTrue(made.subject)
        self.assertEqual(len(self._get_digests()), 8)

    def test_a_level_about_to_end_is_told_with_what_is_missing_by_now(self):
        tier = self.env["loyalty.b2b.tier"].create(
            {"name": "Gold", "program_id": self.program.id, "threshold": 1000}
        )
        path = "odoo.addons.loyalty_b2b.models.wallet_tier_measure.LoyaltyB2bWallet"
        for day, missing, topics in (("10", 820, "tier_ending"), ("11", 0, "")):
            progress = {"measure_name": "points", "keep_missing": Decimal(missing)}
            self._tell("tier_ending", day, tier_id=tier.id, until="2026-12-31")
            with self.patch_with(
                f"{path}._get_tier_progress",
                return_value={self.wallet.id: progress},
            ):
                made = self._send(f"2026-06-{day}")
            self.assertEqual(made.topics or "", topics)
            self.assertEqual("820" in (made.body or ""), bool(missing))
        self.assertEqual(self._get_notices()[-1].state, "cancelled")

    # === LANGUAGE, CHANNEL, PEOPLE === #

    def test_each_person_reads_his_own_language(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.program.with_context(lang="fr_FR").name = "Le Club"
        french = self._create_reader("claire", lang="fr_FR")
        self._earn(12345)
        made = self._send().grouped("partner_id")
        self.assertIn("12,345\N{NO-BREAK SPACE}points", made[self.anna].body)
        thousands = self.env["res.lang"]._get_data(code="fr_FR").thousands_sep
        self.assertIn(f"12{thousands}345", made[french].body)
        self.assertEqual(made[french].lang, "fr_FR")
        self.assertTrue(made[french].subject.startswith("Le Club: "))
        self.assertIn("Le Club", made[french].mail_id.body_html)

    def test_who_reads_in_the_portal_gets_no_mail(self):
        self.anna.loyalty_b2b_channel = "portal"
        self._earn(500)
        notice = self._tell()
        made = self._send()
        self.assertEqual((made.state, made.channel), ("shown", "portal"))
        self.assertFalse(made.mail_id)
        self.assertEqual((notice.state, notice.date_told), ("shown", date(2026, 6, 10)))

    def test_without_portal_readers_the_company_is_told(self):
        self.anna.user_ids.active = False
        self.customer.email = "office@wisla.example"
        self._earn(500)
        made = self._send()
        self.assertEqual(made.partner_id, self.customer)
        self.assertNotIn("See all your points", made.body)

    def test_readers_of_all_companies_of_the_wallet_are_told(self):
        branch = self._create_customer("Wisła Gdańsk", parent_id=self.customer.id)
        self._enrol(branch)
        ola = self._create_reader("ola", branch)
        self._create_reader("stranger", self._create_customer("Not Enrolled"))
        self._earn(500)
        self.assertEqual(self._send().partner_id, self.anna | ola)

    def test_without_an_address_a_notice_is_undelivered_and_tried_again(self):
        self.anna.user_ids.active = False
        notice = self._tell()
        made = self._send()
        self.assertEqual((made.state, made.error), ("failed", "No e-mail address"))
        self.assertEqual((notice.state, notice.error), ("failed", "No e-mail address"))
        self.customer.email = "office@wisla.example"
        again = self._send("2026-06-11")
        self.assertEqual((again.state, again.attempt), ("queued", 2))
        self.assertEqual(made.state, "retried")
        self.assertEqual(notice.state, "queued")

    def test_without_an_address_bookings_make_no_messages(self):
        self.anna.user_ids.active = False
        self._earn(500)
        self.assertFalse(self._send())

    def test_it_is_not_tried_for_ever(self):
        self.anna.user_ids.active = False
        self._tell()
        for day in range(10, 20):
            self._send(f"2026-06-{day}")
        self.assertEqual(
            self._get_digests().mapped("state"), ["retried"] * 2 + ["failed"]
        )

    def test_a_control_group_is_told_nothing(self):
        self._earn(500)
        self.wallet.is_control = True
        self.assertFalse(self._send())

    def test_who_left_is_told_nothing_more(self):
        notice = self._tell()
        self.wallet.state = "left"
        self.assertFalse(self._send())
        self.assertEqual(notice.state, "cancelled")

    def test_switched_off_what_waits_is_cancelled(self):
        notice = self._tell()
        self.program.notices = False
        self.assertEqual(
            (notice.state, notice.error), ("cancelled", "Messages were switched off")
        )

    def test_what_could_not_be_told_one_day_is_told_the_next(self):
        self._earn(500)
        wallets = type(self.env["loyalty.b2b.wallet"])
        with (
            patch.object(wallets, "_send_digests", side_effect=ValueError("broken")),
            patch.object(self.env.cr, "rollback"),
            mute_logger("odoo.addons.loyalty_b2b.models.wallet_jobs"),
        ):
            self.assertFalse(self._send("2026-06-10"))
        self.assertEqual(self.program.date_digest, date(2026, 6, 10))
        self.assertEqual(self._send("2026-06-11").topics, "earned")
        self.assertFalse(self._send("2026-06-12"))

    # === ONCE === #

    def test_one_message_a_day_whatever_happens(self):
        self._earn(500)
        self.assertEqual(len(self._send("2026-06-10")), 1)
        self._earn(70, "2026-06-10")
        notice = self._tell()
        self.assertFalse(self._send("2026-06-10"))
        self.assertEqual(notice.state, "waiting")
        self.assertEqual(self._send("2026-06-11").topics, "announced,earned")

    def test_the_row_is_what_keeps_a_message_from_being_sent_twice(self):
        """Two runs that both found the wallet: the second one inserts nothing."""
        self._earn(500)
        with self.on("2026-06-10"):
            self.wallet.sudo()._send_digests()
            self.wallet.sudo()._send_digests()
        self.assertEqual(len(self._get_digests()), 1)
        mails = (
            self.env["mail.mail"].sudo().search([("model", "=", "loyalty.b2b.digest")])
        )
        self.assertEqual(len(mails), 1)

    def test_the_hourly_job_sends_what_was_queued_since(self):
        notice = self._tell(on_day="2026-06-10")
        with self.on("2026-06-10"):
            self.env["loyalty.b2b.program"]._cron_notices()
            self.assertEqual(notice.state, "waiting", "the daily steps come first")
            self.program._run_daily(self.program._today())
        self.assertEqual(notice.state, "queued")
        later = self._tell(key="2", on_day="2026-06-11")
        with self.on("2026-06-11"):
            self.program._mark_daily(self.program._today())
            self.env["loyalty.b2b.program"]._cron_notices()
        self.assertEqual(later.state, "queued")

    def test_an_announced_programme_tells_too(self):
        self.program._write_step({"state": "announced"})
        notice = self._tell()
        with self.on("2026-06-10"):
            self.env["loyalty.b2b.program"]._cron_notices()
        self.assertEqual(notice.state, "queued")
        self.assertNotIn("See all your points", self._get_digests().body)

    def test_mails_leave_in_the_morning(self):
        self._earn(500)
        with self.on("2026-06-10"):
            self.assertEqual(
                str(self.wallet._get_send_moment(self.program)), "2026-06-10 12:00:00"
            )
        with self.freeze("2026-06-09 22:30:00"):  # half past midnight in Warsaw
            self.program._daily_digests()
        mail = self._get_digests().mail_id
        self.assertEqual(str(mail.scheduled_date), "2026-06-10 06:00:00")

    @staticmethod
    def freeze(moment):
        from freezegun import freeze_time  # noqa: PLC0415

        return freeze_time(moment)

    # === DELIVERY === #

    def _deliver(self, digests):
        with self.mock_mail_gateway(), mute_logger(MAIL):
            digests.mail_id.send()

    def test_a_delivered_mail_is_noted(self):
        notice = self._tell()
        made = self._send()
        self.assertEqual((made.state, notice.state), ("queued", "queued"))
        with self.on("2026-06-10"):
            self._deliver(made)
        self.assertEqual((made.state, notice.state), ("sent", "sent"))
        self.assertEqual(notice.date_told, date(2026, 6, 10))
        sent = self._mails[0]
        self.assertIn("anna@wisla.example", sent["email_to"][0])
        self.assertIn(self.program.name, sent["subject"])

    def test_an_address_nobody_can_write_to_is_undelivered(self):
        notice = self._tell()
        self.anna.email = "no address at all"
        made = self._send()
        self._deliver(made)
        self.assertEqual((made.state, notice.state), ("failed", "failed"))
        self.assertEqual(made.error, "Invalid email address")
        self.assertEqual(self.program.undelivered_count, 1)

    def test_a_mail_cancelled_in_the_queue_is_undelivered(self):
        notice = self._tell()
        made = self._send()
        made.mail_id.cancel()
        with self.on("2026-06-10"):
            self.env["loyalty.b2b.digest"].sudo()._find_failures(self.program)
        self.assertEqual((made.state, notice.state), ("failed", "failed"))
        self.assertEqual(made.error, "The mail was cancelled.")

    def test_a_mail_that_comes_back_is_undelivered_and_goes_out_again(self):
        self._earn(500)
        notice = self._tell()
        made = self._send("2026-06-10")
        self._deliver(made)
        message = (
            self.env["mail.message"]
            .sudo()
            .search([("model", "=", made._name), ("res_id", "=", made.id)])
        )
        self._receive_bounce(message)
        self.assertEqual((made.state, notice.state), ("failed", "failed"))
        self.assertIn("anna@wisla.example", made.error)
        again = self._send("2026-06-11")
        self.assertEqual(made.state, "retried")
        self.assertEqual(again.topics, "announced,earned")
        self._deliver(again)
        self.assertEqual(notice.state, "sent")

    def _receive_bounce(self, message):
        bounce = (
            "Return-Path: <>\nFrom: MAILER-DAEMON@wisla.example\n"
            "To: bounce@test.example.com\nSubject: Undelivered Mail\n"
            "Message-Id: <bounce-1@wisla.example>\n"
            "Content-Type: multipart/report; report-type=delivery-status;"
            ' boundary="B"\n\n--B\nContent-Type: text/plain\n\nUnknown user\n'
            "--B\nContent-Type: message/delivery-status\n\n"
            "Reporting-MTA: dns; wisla.example\n\n"
            "Final-Recipient: rfc822; anna@wisla.example\nAction: failed\n"
            "Status: 5.1.1\n\n--B\nContent-Type: message/rfc822\n\n"
            f"Message-Id: {message.message_id}\nTo: anna@wisla.example\n\nx\n--B--\n"
        )
        with mute_logger("odoo.addons.mail.models.mail_thread"):
            self.env["mail.thread"].sudo().message_process("res.partner", bounce)

    def test_one_of_two_readers_is_enough(self):
        ola = self._create_reader("ola")
        notice = self._tell()
        made = self._send().grouped("partner_id")
        made[ola]._mark_failed("gone")
        self.assertEqual(notice.state, "queued")
        made[self.anna]._mark_sent()
        self.assertEqual(notice.state, "sent")
        again = self._send("2026-06-11")
        self.assertEqual((again.partner_id, again.notice_ids), (ola, notice))

    def test_staff_send_again_to_the_new_address(self):
        self._tell()
        made = self._send()
        made._mark_failed("gone")
        self.anna.email = "anna.new@wisla.example"
        old = made.mail_id
        made.with_user(self.salesperson).action_retry()
        self.assertEqual((made.state, made.attempt), ("queued", 2))
        self.assertFalse(old.exists(), "nobody sends the first mail after all")
        self.assertEqual(made.email, "anna.new@wisla.example")
        self._deliver(made)
        self.assertEqual(made.state, "sent")

    def test_sending_again_needs_an_address(self):
        self._tell()
        made = self._send()
        made._mark_failed("gone")
        self.anna.email = False
        with self.assertRaisesRegex(UserError, "has no e-mail address"):
            made.with_user(self.salesperson).action_retry()

    # === STATEMENTS === #

    def test_statements_go_out_once_a_month_to_whom_something_happened(self):
        self.program.notice_statement = True
        idle = self._enrol(self._create_customer("Idle", "7010001454"))
        self._earn(500, "2026-06-20")
        for day in ("2026-06-30", "2026-07-01", "2026-07-02"):
            with self.on(day):
                self.program._daily_statements()
        notices = self._get_notices()
        self.assertEqual(notices.wallet_id, self.wallet)
        self.assertEqual((notices.key, notices.date_due), ("2026-06", date(2026, 7, 1)))
        self.assertFalse(idle.entry_ids)

    def test_a_statement_is_attached_if_it_can_be_printed(self):
        self._earn(500, "2026-05-20")
        self._tell("statement", "2026-05", month="2026-05")
        for state, names in (("install", []), ("ok", ["Points Club 2026-05.pdf"])):
            with (
                self.subTest(state=state),
                self.env.cr.savepoint() as savepoint,
                self.patch_with(
                    "odoo.addons.base.models.ir_actions_report.IrActionsReport"
                    ".get_wkhtmltopdf_state",
                    return_value=state,
                ),
            ):
                made = self._send()
                self.assertEqual(made.mail_id.attachment_ids.mapped("name"), names)
                self.assertEqual("It is attached" in made.body, bool(names))
                savepoint.rollback()

    def test_a_statement_that_cannot_be_printed_stops_no_message(self):
        self._earn(500, "2026-05-20")
        notice = self._tell("statement", "2026-05", month="2026-05")
        report = "odoo.addons.base.models.ir_actions_report.IrActionsReport"
        with (
            self.patch_with(f"{report}.get_wkhtmltopdf_state", return_value="ok"),
            self.patch_with(
                f"{report}._render_qweb_pdf", side_effect=UserError("broken")
            ),
            self.assertLogs("odoo.addons.loyalty_b2b.models.digest_statement", "ERROR"),
        ):
            made = self._send()
        self.assertEqual((made.state, notice.state), ("queued", "queued"))
        self.assertFalse(made.mail_id.attachment_ids)
        self.assertNotIn("It is attached", made.body)
        self.assertIn("Every movement of the month is in", made.body)

    # === NEW TERMS === #

    def test_an_administrator_tells_customers_what_changes(self):
        wizard = self.env["loyalty.b2b.tell"].create(
            {"program_id": self.program.id, "day": "2026-07-01", "text": "More points"}
        )
        self.assertEqual(wizard.wallet_count, 1)
        wizard.action_tell()
        notice = self._get_notices()
        self.assertEqual(notice.data, {"day": "2026-07-01", "text": "More points"})
        self.program.notices = False
        with self.assertRaisesRegex(UserError, "switched off"):
            wizard.action_tell()
        with self.assertRaises(AccessError):
            wizard.with_user(self.officer).action_tell()

    # === PREVIEW === #

    def _preview(self, user=None, **values):
        model = self.env["loyalty.b2b.message.preview"].with_user(user or self.env.user)
        return model.create(
            {"program_id": self.program.id, "wallet_id": self.wallet.id, **values}
        )

    def test_a_preview_shows_real_figures_and_sends_nothing(self):
        self._earn(777)
        topics = self._preview()._selection_topic()
        for topic, _label in topics:
            with self.subTest(topic=topic):
                wizard = self._preview(topic=topic, lang="en_US")
                if topic == "expiring":
                    continue
                self.assertIn("Club", wizard.body)
        self.assertIn("777", self._preview(topic="earned").body)
        self.assertFalse(self._get_digests() | self._get_digests())
        self.assertFalse(self._get_notices())
        self.assertFalse(
            self.env["mail.mail"].sudo().search([("model", "=", "loyalty.b2b.digest")])
        )

    def test_a_preview_is_only_of_customers_one_may_see(self):
        self.customer.user_id = self.sales_all
        with self.assertRaises(AccessError):
            self.assertTrue(self._preview(self.salesperson).body)

    # === RIGHTS === #

    def test_nobody_writes_a_message_by_hand(self):
        self._tell()
        made = self._send()
        for user in (self.env.user, self.officer, self.salesperson):
            with self.subTest(user=user.login):
                mine = made.with_user(user)
                self.assertTrue(mine.subject)
                with self.assertRaises(AccessError):
                    mine.write({"state": "sent"})
                with self.assertRaises(AccessError):
                    mine.unlink()

    def test_own_documents_only_means_own_messages_only(self):
        self._tell()
        made = self._send()
        self.customer.user_id = self.sales_all
        self.env.flush_all()
        digests = self.env["loyalty.b2b.digest"].with_user(self.salesperson)
        self.assertFalse(digests.search([("id", "=", made.id)]))
        with self.assertRaises(AccessError):
            made.with_user(self.salesperson).action_retry()

    def test_giving_up_is_for_officers(self):
        self._tell()
        made = self._send()
        made._mark_failed("gone")
        with self.assertRaises(AccessError):
            made.with_user(self.salesperson).action_cancel()
        made.with_user(self.officer).action_cancel()
        self.assertEqual(made.state, "cancelled")
