from datetime import timedelta

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL, mute_logger

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestVerify(LoyaltyB2bCommon):
    """Each check finds what was broken past the wallet, and a sound ledger is clean."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.invoice = cls._create_invoice_of([1000.0])
        cls.lot = cls.wallet.entry_ids
        cls.other = cls._enrol(cls._create_customer("Inna", "7010001454"))
        cls.hold = cls.wallet._hold(100, "hold:1")
        cls.used = cls.wallet._hold(200, "hold:2")
        cls.wallet._consume(cls.used)
        cls.returned = cls.wallet._give_back(cls.used, 50, "return:1")
        cls.cancelled = cls.wallet._hold(30, "hold:3")
        cls.wallet._release(cls.cancelled)
        cls.credit = cls._credit(cls.invoice, [100.0])
        cls.reversal = cls.wallet.entry_ids.filtered(lambda e: e.kind == "reversal")
        cls._settle_all()

    @classmethod
    def _settle_all(cls):
        wallets = cls.wallet | cls.other
        wallets._lock()
        wallets._settle()

    def _break(self, query, *values):
        """Change the tables behind the wallet's back."""
        self.env.flush_all()
        self.env.execute_query(SQL(query + " RETURNING id", *values))
        self.env.invalidate_all()

    def assertFindings(self, *expected):
        """Check invariant and entry of all findings."""
        wallets = self.wallet | self.other
        findings = wallets._verify()
        found = [(f["invariant"], f["entry_id"] or False) for f in findings]
        self.assertEqual(found, [(name, entry.id) for name, entry in expected])
        for finding in findings:
            self.assertIn(
                finding["message"].split(":")[0], wallets.mapped("display_name")
            )
        return findings

    def _update(self, entry, assignment, *values):
        self._break(
            "UPDATE loyalty_b2b_entry SET " + assignment + " WHERE id = %s",
            *values,
            entry.id,
        )

    # === WHAT IS BROKEN IS FOUND === #

    def test_a_sound_ledger_is_clean(self):
        self.assertFindings()
        self.assertEqual(self.wallet._verify_all(), [])

    def test_i8_a_cap_that_is_counted_wrong(self):
        capped = {"name": "Capped", "cap_points": 30, "cap_period": "year"}
        self.program.rule_ids = [Command.create(capped)]
        self._create_invoice_of([100.0])
        self.assertFindings()
        self._break("UPDATE loyalty_b2b_counter SET points = points - 1")
        self.assertFindings(("I8", self.env["loyalty.b2b.entry"]))

    def test_i1_a_hold_may_not_take_waiting_points(self):
        row = self.wallet._prepare_entry("earn", 10, key="x:1", state="pending")
        waiting = self.wallet._book([row])
        self._break(
            "INSERT INTO loyalty_b2b_allocation (debit_id, credit_id, points)"
            " VALUES (%s, %s, 10)",
            self.hold.id,
            waiting.id,
        )
        self._update(self.hold, "points = points - 10")
        self._update(waiting, "points_open = 0")
        none = self.env["loyalty.b2b.entry"]
        self.assertFindings(("I1", none), ("I2", self.hold))

    def test_i2_open_points_that_allocations_do_not_explain(self):
        self._update(self.lot, "points_open = points_open - 1")
        none = self.env["loyalty.b2b.entry"]
        self.assertFindings(("I1", none), ("I2", self.lot))

    def test_i2_an_allocation_stays_within_one_wallet(self):
        tomorrow = self.program._today() + timedelta(days=1)
        own = self._give_points(50, date_expiry=tomorrow)
        taker = self.wallet._hold(50, "hold:4")
        self._update(own, "wallet_id = %s", self.other.id)
        none = self.env["loyalty.b2b.entry"]
        self.assertFindings(("I1", none), ("I1", none), ("I2", taker))

    def test_i2_a_cancelled_entry_has_no_allocations(self):
        self._break(
            "INSERT INTO loyalty_b2b_allocation (debit_id, credit_id, points)"
            " VALUES (%s, %s, 30)",
            self.cancelled.id,
            self.lot.id,
        )
        self._update(self.lot, "points_open = points_open - 30")
        none = self.env["loyalty.b2b.entry"]
        self.assertFindings(("I1", none), ("I2", self.cancelled))

    def test_i2_a_hold_is_fully_allocated(self):
        self._update(self.hold, "points = points - 5, points_open = 5")
        none = self.env["loyalty.b2b.entry"]
        self.assertFindings(("I1", none), ("I2", self.hold))

    def test_i2_what_waits_too_long_to_be_settled(self):
        entry = self._give_points(10)
        self.assertFindings()
        self._update(entry, "write_date = write_date - INTERVAL '16 minutes'")
        findings = self.assertFindings(("I2", entry))
        self.assertIn("15 minutes", findings[0]["message"])

    def test_i3_a_debt_beside_points_that_could_pay_it(self):
        debit = self.wallet._force_redeem(10, "force:1")
        self._update(debit, "to_settle = FALSE")
        self.assertFindings(("I3", debit))

    def test_i4_only_documents_and_corrections_make_debts(self):
        debit = self.other._force_redeem(10, "force:1")
        self._settle_all()
        self.assertFindings()
        self._update(debit, "kind = 'transfer'")
        self.assertFindings(("I4", debit))

    def test_i5_a_running_number_belongs_to_one_entry(self):
        self._update(self.used, "booking = %s", self.lot.booking)
        self.assertFindings(("I5", self.used))
        self._update(self.used, "booking = %s", 10**9)
        self.assertFindings(("I5", self.used))

    def test_i5_a_correction_names_what_it_corrects(self):
        self._update(self.returned, "reversed_entry_id = NULL")
        self.assertFindings(("I5", self.returned))
        self._update(self.returned, "reversed_entry_id = %s", self.lot.id)
        self.assertFindings(("I5", self.returned))

    def test_i6_a_key_names_the_origin(self):
        self._update(self.lot, "move_ref = move_ref + 1")
        self.assertFindings(("I6", self.lot))
        self._update(self.lot, "move_ref = move_ref - 1, round = 7")
        self.assertFindings(("I6", self.lot))

    def test_i7_no_more_is_taken_back_than_was_earned(self):
        self.assertEqual(self.reversal.reversed_entry_id, self.lot)
        spare = self._give_points(2000)
        self._settle_all()
        self._update(self.reversal, "points = -1100")
        self._break(
            "INSERT INTO loyalty_b2b_allocation (debit_id, credit_id, points)"
            " VALUES (%s, %s, 1000)",
            self.reversal.id,
            spare.id,
        )
        self._update(spare, "points_open = 1000")
        self._break(
            "UPDATE loyalty_b2b_entry_line SET points = points - 1000"
            " WHERE entry_id = %s",
            self.reversal.id,
        )
        self.assertFindings(("I7", self.lot))

    def test_i7_no_more_is_given_back_than_was_used(self):
        self._update(self.returned, "points = 201, points_open = 201")
        self.assertFindings(("I7", self.used))

    def test_i8_lines_explain_the_points(self):
        self._break(
            "UPDATE loyalty_b2b_entry_line SET points = points + 1 WHERE entry_id = %s",
            self.lot.id,
        )
        self.assertFindings(("I8", self.lot))

    def test_i10_nothing_extends_a_life(self):
        self.assertEqual(self.returned.root_entry_id, self.lot)
        self._update(self.returned, "date_expiry = date_expiry + 1")
        self.assertFindings(("I10", self.returned))
        self._update(self.returned, "date_expiry = NULL")
        self.assertFindings(("I10", self.returned))

    # === WHO AND HOW === #

    def test_auditors_and_officers_verify_and_are_told(self):
        auditor = new_test_user(
            self.env,
            "loyalty_auditor",
            groups="loyalty_b2b.group_loyalty_b2b_auditor",
            company_id=self.company.id,
        )
        for user in (auditor, self.officer):
            params = self.wallet.with_user(user).action_verify()["params"]
            self.assertEqual(params["type"], "success")
        self._update(self.lot, "points_open = points_open - 1")
        params = self.wallet.with_user(auditor).action_verify()["params"]
        self.assertEqual(params["type"], "danger")
        self.assertIn("Hurtownia Wisła: entry", params["message"])

    def test_sales_staff_do_not_verify(self):
        with self.assertRaises(AccessError):
            self.wallet.with_user(self.salesperson).action_verify()

    def test_an_auditor_verifies_only_wallets_of_his_companies(self):
        foreign = self.setup_other_company()["company"]
        auditor = new_test_user(
            self.env,
            "loyalty_foreign",
            groups="loyalty_b2b.group_loyalty_b2b_auditor",
            company_id=foreign.id,
            company_ids=[(6, 0, foreign.ids)],
        )
        with self.assertRaises(AccessError):
            self.wallet.with_user(auditor).action_verify()

    def test_the_job_tells_an_administrator_once(self):
        self._update(self.lot, "points_open = points_open - 1")
        logger = "odoo.addons.loyalty_b2b.models.wallet_verify"
        for _day in range(2):
            with self.assertLogs(logger, "ERROR") as logs:
                self.env["loyalty.b2b.wallet"]._cron_verify()
            self.assertEqual(len(logs.output), 2)
        self.assertEqual(len(self.program.activity_ids), 1)
        self.assertIn("Hurtownia", self.program.activity_ids.note)
        user = self.program.activity_ids.user_id
        self.assertTrue(user.has_group("loyalty_b2b.group_loyalty_b2b_admin"))

    @mute_logger("odoo.addons.loyalty_b2b.models.wallet_verify")
    def test_the_job_is_silent_on_a_sound_ledger(self):
        self.env["loyalty.b2b.wallet"]._cron_verify()
        self.assertFalse(self.program.activity_ids)
