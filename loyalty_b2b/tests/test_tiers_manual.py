from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import Form, new_test_user, tagged
from odoo.tools import SQL

from ..models.program_tier_screens import BY_DIALOG
from .levels_common import LevelsCommon


@tagged("post_install", "-at_install")
class TestTiersManual(LevelsCommon):
    """Levels set by hand, merged wallets, and who may not touch levels."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._enrol(cls._create_customer("Inna", "7010001454"))
        cls.nobody = new_test_user(cls.env, "tier_none", groups="base.group_user")

    def _set_on(self, day, tier, until=None, user=None, wallet=None, reason="Contract"):
        """Set a level in the dialog."""
        wallet = (wallet or self.wallet).with_user(user or self.officer)
        with self.on(day):
            action = wallet.action_set_tier()
            wizard = self.env[action["res_model"]].with_user(user or self.officer)
            form = Form(wizard.with_context(**action["context"]))
            form.tier_id = tier
            form.reason = reason
            if until:
                form.date_until = until
            form.save().action_set()

    # === BY HAND === #

    def test_a_level_set_by_hand_holds_to_its_last_day(self):
        self._invoice_on("2026-03-01", 500.0)
        self._set_on("2026-03-10", self.gold, "2026-06-30")
        self.assertLevel(
            self.gold,
            "2026-12-31",
            tier_earned_id=self.silver,
            tier_since=self._day("2026-03-10"),
            tier_reason="Contract",
        )
        self._run_on("2026-06-30")
        self.assertLevel(self.gold, "2026-12-31")
        self._run_on("2026-07-01")
        self.assertLevel(
            self.silver,
            "2026-12-31",
            tier_since=self._day("2026-07-01"),
            tier_reason=False,
            tier_manual_until=False,
        )
        self.assertHistory(
            ("2026-03-01", "reached", None, "Silver"),
            ("2026-03-10", "manual", "Silver", "Gold"),
            ("2026-07-01", "manual_end", "Gold", "Silver"),
        )
        rows = self.wallet.tier_change_ids.sorted("id")
        self.assertEqual(rows[1].reason, "Contract")
        self.assertEqual(rows[1].user_id, self.officer)
        self.assertEqual(self.wallet._verify(), [])

    def test_an_earned_level_overtakes_and_outlives_the_one_set_by_hand(self):
        self._set_on("2026-03-10", self.silver, "2026-04-30")
        self.assertLevel(self.silver, None, tier_earned_id=self.gold.browse())
        self._invoice_on("2026-04-01", 1000.0)
        self.assertLevel(self.gold, "2026-12-31", tier_manual_id=self.silver)
        self._run_on("2026-05-01")
        self.assertLevel(self.gold, "2026-12-31", tier_manual_id=self.silver.browse())
        self.assertEqual(self.wallet._verify(), [])

    def test_a_level_without_an_end_holds_while_the_earned_one_falls(self):
        self._invoice_on("2024-03-01", 500.0)
        self._set_on("2024-03-10", self.gold)
        self._run_on("2025-03-02")
        self._run_on("2026-03-02")
        self.assertLevel(self.gold, None, tier_earned_id=self.gold.browse())
        self.assertEqual(self.wallet._verify(), [])

    def test_a_level_set_by_hand_is_ended_by_hand(self):
        self._set_on("2026-03-10", self.gold)
        with self.on("2026-03-12"):
            context = self.wallet.with_user(self.officer).action_set_tier()["context"]
            wizard = self.env["loyalty.b2b.tier.set"].with_user(self.officer)
            wizard = wizard.with_context(**context).create({"reason": "A mistake"})
            wizard.action_end()
            self.assertLevel(None)
            with self.assertRaisesRegex(UserError, "was not set by hand"):
                wizard.action_end()
        self.assertHistory(
            ("2026-03-10", "manual", None, "Gold"),
            ("2026-03-12", "manual_end", "Gold", None),
        )
        self.assertEqual(self.wallet.tier_change_ids[0].reason, "A mistake")

    def test_what_gives_nothing_is_refused_with_the_way_out(self):
        self._invoice_on("2026-03-01", 500.0)
        foreign = self._create_program(start=False, name="Other").tier_ids.create(
            {"name": "Foreign", "program_id": self._other_program().id, "threshold": 1}
        )
        for tier, values, message in (
            (self.silver, {}, "has earned Silver, and Silver is not above it"),
            (foreign, {}, "Foreign is no level of programme Club"),
            (self.gold, {"reason": "  "}, "Give a reason"),
            (self.gold.browse(), {}, "Choose a level"),
            (self.gold, {"until": self._day("2026-03-09")}, "last day of Gold"),
        ):
            with self.subTest(message), self.on("2026-03-10"):
                values = {"reason": "Contract", **values}
                with self.assertRaisesRegex(UserError, message):
                    self.wallet._set_tier(tier, **values)
        self.wallet.state = "left"
        with self.assertRaisesRegex(UserError, "does not take part"):
            self.wallet._set_tier(self.gold, "Contract")
        self.assertHistory(("2026-03-01", "reached", None, "Silver"))

    def _other_program(self):
        return self.env["loyalty.b2b.program"].search([("name", "=", "Other")])

    def test_the_last_day_may_be_today(self):
        self._set_on("2026-03-10", self.gold, "2026-03-10")
        self.assertLevel(self.gold)

    # === RIGHTS === #

    def test_only_officers_set_levels(self):
        for user in (self.salesperson, self.nobody):
            with self.subTest(user.login), self.assertRaises(AccessError):
                self._set_on("2026-03-10", self.gold, user=user)
        wizard = self.env["loyalty.b2b.tier.set"].create(
            {"wallet_id": self.wallet.id, "tier_id": self.gold.id, "reason": "Mine"}
        )
        for user in (self.salesperson, self.nobody):
            for method in ("action_set", "action_end"):
                with self.subTest(user.login), self.assertRaises(AccessError):
                    getattr(wizard.with_user(user), method)()
        self.assertLevel(None)

    def test_officers_of_another_company_set_no_levels(self):
        company = self.setup_other_company()["company"]
        stranger = new_test_user(
            self.env,
            "tier_other",
            groups="loyalty_b2b.group_loyalty_b2b_officer",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        wizard = self.env["loyalty.b2b.tier.set"].with_user(stranger)
        with self.assertRaises(AccessError):
            wizard.create(
                {"wallet_id": self.wallet.id, "tier_id": self.gold.id, "reason": "Mine"}
            )
        changes = self.env["loyalty.b2b.tier.change"]
        self.wallet._set_tier(self.gold, "Contract")
        self.assertFalse(changes.with_user(stranger).search([]))

    def test_a_salesperson_reads_the_history_of_own_customers_only(self):
        self.other.partner_id.user_id = self.officer
        for wallet in self.wallet | self.other:
            wallet._set_tier(self.gold, "Contract")
        changes = self.env["loyalty.b2b.tier.change"]
        found = changes.with_user(self.salesperson).search([])
        self.assertEqual(found.wallet_id.ids, self.wallet.ids)
        self.assertEqual(len(changes.with_user(self.officer).search([])), 2)
        with self.assertRaises(AccessError):
            changes.with_user(self.nobody).search([])

    def test_nobody_writes_a_level_or_its_history(self):
        self.wallet._set_tier(self.gold, "Contract")
        change = self.wallet.tier_change_ids
        for user in (self.env.user, self.officer, self.salesperson):
            env = self.env(user=user)
            for name, value in (
                ("tier_id", self.silver.id),
                ("tier_earned_id", self.silver.id),
                ("tier_manual_id", False),
                ("tier_until", "2030-01-01"),
                ("tier_manual_until", "2030-01-01"),
                ("tier_since", "2020-01-01"),
                ("tier_reason", "X"),
                ("tier_change_ids", [Command.delete(change.id)]),
            ):
                with self.subTest(user=user.login, name=name):
                    with self.assertRaises(AccessError):
                        args = [self.wallet.ids, {name: value}]
                        call_kw(env["loyalty.b2b.wallet"], "write", args, {})
            for method, args in (
                ("create", [[{"wallet_id": self.wallet.id}]]),
                ("write", [change.ids, {"reason": "X"}]),
                ("unlink", [change.ids]),
            ):
                with self.subTest(user=user.login, method=method):
                    with self.assertRaises(AccessError):
                        call_kw(env["loyalty.b2b.tier.change"], method, args, {})
            for verb in ("_set_tier", "_end_manual_tier", "_retier", "_write_tiers"):
                with self.assertRaises(AccessError):
                    call_kw(env["loyalty.b2b.wallet"], verb, [self.wallet.ids], {})
        self.assertLevel(self.gold)

    def test_no_level_comes_in_with_a_new_wallet_or_an_import(self):
        partner = self._create_customer("Trzecia")
        values = {"program_id": self.program.id, "partner_id": partner.id}
        with self.assertRaises(AccessError):
            self.env["loyalty.b2b.wallet"].create({**values, "tier_id": self.gold.id})
        result = self.env["loyalty.b2b.wallet"].load(
            [".id", "tier_reason"], [[str(self.wallet.id), "X"]]
        )
        self.assertFalse(result["ids"])
        self.assertFalse(self.wallet.tier_reason)

    # === LEVELS IN USE === #

    def test_a_level_in_use_is_not_taken_away(self):
        self.wallet._set_tier(self.gold, "Contract")
        gold = self.gold.with_context(loyalty_b2b_thresholds=BY_DIALOG)
        for act in (gold.unlink, lambda: gold.write({"active": False})):
            with self.assertRaisesRegex(UserError, "hold level Gold.*threshold"):
                act()
        self.wallet._end_manual_tier()
        with self.assertRaisesRegex(UserError, "Archive"):
            gold.unlink()
        gold.active = False
        self.silver.unlink()
        self.assertFalse(self.silver.exists())
        self.assertEqual(self.wallet._verify(), [])

    # === MERGE === #

    def test_a_merged_wallet_keeps_the_higher_levels_and_is_measured_anew(self):
        """300 and 700: with both 1 000, Gold."""
        self._invoice_on("2026-03-01", 300.0)
        self._invoice_on("2026-03-01", 700.0, partner=self.other.partner_id)
        with self.on("2026-03-02"):
            self._settle_now(self.other)
            self.assertLevel(self.silver, "2026-12-31", self.other)
            self.wallet._merge(self.other)
        self.assertLevel(self.gold, "2026-12-31")
        self.assertLevel(None, None, self.other)
        self.assertHistory(
            ("2026-03-02", "merge", None, "Silver"),
            ("2026-03-02", "reached", "Silver", "Gold"),
        )
        self.assertHistory(
            ("2026-03-02", "reached", None, "Silver"),
            ("2026-03-02", "merge", "Silver", None),
            wallet=self.other,
        )
        self.assertEqual((self.wallet | self.other)._verify(), [])

    def test_a_merged_wallet_keeps_the_higher_level_set_by_hand(self):
        self._invoice_on("2026-03-01", 600.0)
        self._set_on("2026-03-02", self.gold, "2026-06-30", wallet=self.other)
        with self.on("2026-03-03"):
            self.wallet._merge(self.other)
        self.assertLevel(
            self.gold,
            "2026-12-31",
            tier_earned_id=self.silver,
            tier_manual_until=self._day("2026-06-30"),
            tier_reason="Contract",
        )
        self.assertLevel(None, None, self.other)
        self.assertEqual((self.wallet | self.other)._verify(), [])

    # === VERIFY === #

    def test_verify_finds_levels_that_do_not_follow_from_their_history(self):
        self._invoice_on("2026-03-01", 600.0)
        self.wallet._set_tier(self.gold, "Contract")
        for assignment in (
            f"tier_id = {self.silver.id}",
            "tier_id = NULL",
            "tier_earned_id = NULL",
            f"tier_manual_id = NULL, tier_id = {self.silver.id}",
        ):
            with self.subTest(assignment):
                self.assertEqual((self.wallet | self.other)._verify(), [])
                savepoint = self.env.cr.savepoint()
                self.env.execute_query(
                    SQL(
                        f"UPDATE loyalty_b2b_wallet SET {assignment}"
                        " WHERE id = %s RETURNING id",
                        self.wallet.id,
                    )
                )
                findings = (self.wallet | self.other)._verify()
                self.assertEqual(
                    [(f["invariant"], f["wallet_id"]) for f in findings],
                    [("§7", self.wallet.id)],
                )
                self.assertIn(self.wallet.display_name, findings[0]["message"])
                savepoint.close(rollback=True)
