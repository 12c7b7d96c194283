from psycopg2.errors import CheckViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import mute_logger

from .common import LoyaltyB2bCommon


class ActivityCommon(LoyaltyB2bCommon):
    """A programme with a training for 100 points, each time, without approval."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.training = cls._create_type()

    @classmethod
    def _create_type(cls, name="Training", **values):
        return cls.env["loyalty.b2b.activity.type"].create(
            {
                "name": name,
                "program_id": cls.program.id,
                "points": 100,
                "needs_approval": False,
                **values,
            }
        )

    def _report(self, kind=None, user=None, wallet=None, **values):
        acts = self.env["loyalty.b2b.activity"].with_user(user or self.officer)
        return acts.create(
            {
                "wallet_id": (wallet or self.wallet).id,
                "type_id": (kind or self.training).id,
                **values,
            }
        )

    def _book(self, kind=None, user=None, **values):
        act = self._report(kind, user, **values)
        act.action_approve()
        return act

    def _take_back(self, act, reason="A mistake", user=None):
        dialogs = self.env["loyalty.b2b.activity.reason"]
        dialogs.with_user(user or self.officer).create(
            {
                "act": "take_back",
                "activity_ids": [(6, 0, act.ids)],
                "reason": reason,
            }
        ).action_apply()

    def assertClean(self):
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])


@tagged("post_install", "-at_install")
class TestActivities(ActivityCommon):
    """What customers do beside purchases: what it gives, its limits, its undoing."""

    # === WHAT IT GIVES === #

    def test_a_training_books_its_points_with_their_origin(self):
        act = self._book(reference="7/2026", date="2026-01-05")
        entry = act.entry_id
        self.assertEqual(act.state, "booked")
        self.assertEqual(
            (entry.kind, entry.origin, entry.points, entry.key, entry.note),
            ("bonus", "activity", 100, f"activity:{act.id}", "Training (7/2026)"),
        )
        self.assertEqual(entry.date_event, self._day("2026-01-05"))
        self.assertWallet(balance=100, available=100)
        self.assertClean()

    def test_several_times_give_several_times_the_points(self):
        self._book(quantity=3)
        self.assertWallet(balance=300)

    def test_points_live_as_long_as_the_activity_says(self):
        kind = self._create_type("Survey", expiry_months=3)
        with self.on("2026-01-31"):
            act = self._book(kind)
        self.assertEqual(act.entry_id.date_expiry, self._day("2026-04-30"))
        self.assertEqual(act.entry_id.life, "m3")

    def test_only_each_third_time_gives(self):
        kind = self._create_type("Visit", every_nth=3)
        points = [self._book(kind).points for _turn in range(7)]
        self.assertEqual(points, [0, 0, 100, 0, 0, 100, 0])
        act = self._book(kind, quantity=5)  # the 8th to the 12th
        self.assertEqual(act.points, 200)
        self.assertWallet(balance=400)

    def test_the_sentence_says_everything(self):
        kind = self._create_type(
            "Visit",
            every_nth=5,
            limit_count=3,
            limit_period="quarter",
            date_end="2026-12-31",
        )
        self.assertEqual(
            kind.sentence,
            "Visit: 100 points for every 5 times, at most 3 times a quarter, until"
            " 12/31/2026",
        )

    # === LIMITS === #

    def test_the_limit_of_a_period_is_kept_and_said(self):
        kind = self._create_type("Review", limit_count=2, limit_period="month")
        self._book(kind, date="2026-01-31")
        with self.assertRaisesRegex(UserError, r"Left in the period: 1; reported: 2"):
            self._book(kind, date="2026-01-01", quantity=2)
        self._book(kind, date="2026-01-15")
        with self.assertRaisesRegex(UserError, "Left in the period: 0"):
            self._book(kind, date="2026-01-20")
        self._book(kind, date="2026-02-01")
        self.assertWallet(balance=300)

    def test_each_customer_has_a_limit_of_its_own(self):
        kind = self._create_type("Once", limit_count=1, limit_period="lifetime")
        other = self._enrol(self._create_customer("Other", "1234567883"))
        self._book(kind)
        self._book(kind, wallet=other)
        with self.assertRaises(UserError):
            self._book(kind, date="2016-01-01")

    def test_what_is_taken_back_frees_the_limit(self):
        kind = self._create_type("Once", limit_count=1, limit_period="lifetime")
        self._take_back(self._book(kind))
        self._book(kind)
        self.assertWallet(balance=100)

    def test_days_outside_earn_nothing(self):
        kind = self._create_type(date_start="2026-02-01", date_end="2026-02-28")
        for day in ("2026-01-31", "2026-03-01", "2014-12-31"):
            with self.subTest(day=day), self.assertRaises(UserError):
                self._book(kind, date=day)
        self._book(kind, date="2026-02-28")

    def test_nobody_reports_what_lies_ahead(self):
        with self.assertRaisesRegex(UserError, "has not happened yet"):
            self._report(date="2999-01-01")

    def test_who_does_not_take_part_earns_nothing(self):
        for values in ({"state": "left"}, {"is_control": True}):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                self.wallet.write(values)
                with self.assertRaisesRegex(UserError, "does not take part"):
                    self._book()
                savepoint.rollback()

    def test_what_is_approved_while_paused_is_booked_later(self):
        self.program.action_pause()
        act = self._book()
        self.assertEqual((act.state, act.points), ("approved", 0))
        with self.assertRaisesRegex(UserError, "not running"):
            act.action_book()
        self.program.action_resume()
        act.action_book()
        self.assertEqual((act.state, act.points), ("booked", 100))

    def test_another_programme_s_activity_does_not_fit(self):
        self.company.loyalty_b2b_several_programs = True
        other = self._create_program(name="Other")
        foreign = self._create_type(program_id=other.id)
        with self.assertRaisesRegex(UserError, "another programme"):
            self._report(foreign)

    def test_a_stranger_is_no_person_of_the_customer(self):
        stranger = self.env["res.partner"].create({"name": "Somebody"})
        with self.assertRaisesRegex(UserError, "does not belong"):
            self._report(contact_id=stranger.id)

    def test_terms_that_make_no_sense_are_refused(self):
        for values in (
            {"points": 0},
            {"points": -5},
            {"every_nth": 0},
            {"limit_count": -1},
            {"expiry_months": -1},
            {"date_start": "2026-02-02", "date_end": "2026-02-01"},
        ):
            with (
                self.subTest(values=values),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._create_type(**values)
        for quantity in (0, -1, 1001):
            with (
                self.subTest(quantity=quantity),
                mute_logger("odoo.sql_db"),
                self.assertRaises(CheckViolation),
                self.env.cr.savepoint(),
            ):
                self._report(quantity=quantity)

    def test_how_often_it_gives_stays_once_it_gave(self):
        self._book()
        with self.assertRaises(ValidationError):
            self.training.every_nth = 5
        self.training.points = 200
        with self.assertRaises(UserError):
            self.training.unlink()

    # === EVIDENCE AND APPROVAL === #

    def test_evidence_is_asked_for(self):
        for kind, evidence in (("text", "evidence_text"), ("file", "evidence_file")):
            with self.subTest(kind=kind):
                act = self._report(self._create_type(evidence=kind))
                with self.assertRaisesRegex(UserError, "needs evidence"):
                    act.action_approve()
                act[evidence] = b"UHJvb2Y="
                act.action_approve()
                self.assertEqual(act.state, "booked")

    def test_salesperson_reports_and_an_officer_approves(self):
        kind = self._create_type("Case study", needs_approval=True)
        act = self._report(kind, self.salesperson)
        with self.assertRaises(AccessError):
            act.action_approve()
        act.with_user(self.officer).action_approve()
        self.assertEqual((act.state, act.decided_by_id), ("booked", self.officer))

    def test_salesperson_books_what_nobody_approves(self):
        self.assertEqual(self._book(user=self.salesperson).points, 100)

    def test_salesperson_reports_for_own_customers_only(self):
        foreign = self._create_customer("Foreign", user_id=self.sales_all.id)
        with self.assertRaises(AccessError):
            self._report(user=self.salesperson, wallet=self._enrol(foreign))

    def test_refusal_needs_a_reason_and_an_officer(self):
        act = self._report(self._create_type(needs_approval=True))
        dialogs = self.env["loyalty.b2b.activity.reason"]
        values = {"act": "refuse", "activity_ids": [(6, 0, act.ids)]}
        with self.assertRaises(AccessError):
            dialogs.with_user(self.salesperson).create({**values, "reason": "No"})
        with self.assertRaises(UserError):
            dialogs.with_user(self.officer).create(
                {**values, "reason": " "}
            ).action_apply()
        dialogs.with_user(self.officer).create(
            {**values, "reason": "No proof"}
        ).action_apply()
        self.assertEqual((act.state, act.reason), ("refused", "No proof"))
        act.action_approve()
        self.assertEqual((act.state, act.points), ("refused", 0))
        self.assertWallet(balance=0)

    def test_nobody_writes_what_the_steps_decide(self):
        act = self._report()
        for name, value in (
            ("state", "booked"),
            ("points", 10**6),
            ("times_given", 9),
            ("entry_id", 1),
            ("reason", "x"),
        ):
            with self.subTest(name=name), self.assertRaises(AccessError):
                act.sudo().write({name: value})
            with self.subTest(name=name), self.assertRaises(AccessError):
                self._report(**{name: value})

    def test_what_was_booked_stays_as_it_was(self):
        act = self._book()
        for values in ({"quantity": 5}, {"date": "2020-01-01"}, {"reference": "x"}):
            with self.subTest(values=values), self.assertRaises(UserError):
                act.write(values)
        with self.assertRaises(UserError):
            act.unlink()

    def test_roles(self):
        auditor = new_test_user(
            self.env,
            "act_audit",
            groups="account.group_account_readonly",
            company_id=self.company.id,
            company_ids=self.company.ids,
        )
        act = self._book()
        self.assertEqual(act.with_user(auditor).points, 100)
        for user in (auditor, self.salesperson):
            with self.subTest(user=user.login):
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    act.with_user(user).action_take_back()
                with self.assertRaises(AccessError):
                    self.training.with_user(user).points = 5
                with self.assertRaises(AccessError):
                    act.with_user(user).unlink()
        with self.assertRaises(AccessError):
            self._report(user=auditor)
        with self.assertRaises(AccessError):
            self.training.with_user(self.officer).points = 5

    def test_other_companies_see_nothing(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        stranger = new_test_user(
            self.env,
            "act_stranger",
            groups="loyalty_b2b.group_loyalty_b2b_officer",
            company_id=other.id,
            company_ids=other.ids,
        )
        act = self._book()
        for record in (act, self.training):
            self.assertFalse(record.with_user(stranger).search([]))
            with self.assertRaises(AccessError):
                record.with_user(stranger).read(["points"])

    # === TAKING BACK === #

    def test_taking_back_books_a_reversal(self):
        act = self._book()
        self._take_back(act, "Did not take part")
        self.assertEqual((act.state, act.points), ("taken_back", 0))
        entry = self.wallet.entry_ids.filtered(lambda e: e.kind == "reversal")
        self.assertEqual(entry.reversed_entry_id, act.entry_id)
        self.assertEqual((entry.points, entry.origin), (-100, "activity"))
        self.assertEqual(entry.note, "Training: Did not take part")
        self.assertWallet(balance=0, available=0)
        with self.assertRaises(UserError):
            self._take_back(act)
        self.assertClean()

    def test_used_points_that_are_taken_back_are_owed(self):
        act = self._book()
        self.wallet._consume(self.wallet._hold(80, "act:used"))
        self._take_back(act)
        self.assertWallet(balance=-80, available=-80)
        self.assertClean()

    def test_expired_points_are_not_taken_twice(self):
        with self.on("2026-01-10"):
            act = self._book(self._create_type(expiry_months=1))
        with self.on("2026-05-01"):
            self.wallet._expire()
            self._take_back(act)
            self.assertWallet(balance=0)
            self.assertClean()

    def test_each_third_time_stands_while_three_are_left(self):
        kind = self._create_type("Visit", every_nth=3)
        acts = [self._book(kind, date=f"2026-01-0{day}") for day in range(1, 6)]
        self._take_back(acts[2])  # four are left: another is the third
        self.assertWallet(balance=100)
        self.assertEqual(acts[4].points, 100)
        self._take_back(acts[0])
        self.assertWallet(balance=100)
        self._take_back(acts[1])  # two are left
        self.assertWallet(balance=0)
        self.assertEqual(sum(act.points for act in acts), 0)
        self._book(kind)
        self.assertWallet(balance=100)
        self.assertClean()

    def test_no_points_stay_once_all_times_are_taken_back(self):
        kind = self._create_type("Visit", every_nth=2)
        first, second, third = (
            self._book(kind, quantity=quantity) for quantity in (3, 1, 3)
        )
        self.assertWallet(balance=300)
        self._take_back(second)  # six are left, and nobody to take over
        self.assertWallet(balance=300)
        self._take_back(third)
        self.assertWallet(balance=100)
        self.assertEqual([act.times_given for act in (first, second, third)], [1, 0, 0])
        self._take_back(first)
        self.assertWallet(balance=0)
        self.assertClean()

    def test_merged_wallets_keep_their_activities(self):
        other = self._enrol(self._create_customer("Other", "1234567883"))
        act = self._book(wallet=other)
        self.wallet._merge(other)
        self.assertEqual(act.wallet_id, self.wallet)
        self._take_back(act)
        self.assertWallet(balance=0)

    # === SCREENS === #

    def test_the_form_asks_for_the_activities_of_the_programme(self):
        acts = self.env["loyalty.b2b.activity"].with_user(self.officer)
        with Form(acts) as form:
            form.wallet_id = self.wallet
            form.type_id = self.training
            form.reference = "By hand"
        self.assertEqual(form.record.display_name, "Training (By hand)")

    def test_the_caption_names_what_is_set(self):
        self.assertEqual(self.program.caption_activities, "Training")
        self._create_type("Review")
        self._create_type("Survey")
        self.assertEqual(self.program.caption_activities, "3 types")

    def test_customers_read_how_to_earn(self):
        self._create_type("Secret", is_shown=False)
        self._create_type("Over", date_end="2020-01-01")
        rules = self.program._prepare_portal_rules()
        self.assertEqual(
            [activity["text"] for activity in rules["activities"]],
            ["Training: 100 points"],
        )
