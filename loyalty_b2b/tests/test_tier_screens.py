from contextlib import contextmanager
from decimal import Decimal
from unittest.mock import patch

from lxml import html

from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from ..models.wallet_tier_measure import LoyaltyB2bWallet
from .tier_common import LoyaltyB2bTierCommon


class TierScreensCommon(LoyaltyB2bTierCommon):
    """Progress is told, not measured: screens are about words."""

    @contextmanager
    def _told(self, **values):
        """Let the wallet be on Silver since 2026, with 41 800 of 50 000 reached."""
        progress = {
            "tier_id": self.silver.id,
            "earned_id": self.silver.id,
            "manual_id": None,
            "manual_until": None,
            "reason": None,
            "until": self._day("2026-12-31"),
            "grace_end": self._day("2027-03-01"),
            "measure_name": "turnover",
            "measure": Decimal("41800.00"),
            "period_start": self._day("2026-01-01"),
            "period_end": self._day("2026-12-31"),
            "next_id": self.gold.id,
            "missing": Decimal("8200.00"),
            "by": self._day("2026-12-31"),
            "keep_missing": Decimal(0),
            "keep_by": None,
            **values,
        }

        def tell(wallets):
            return dict.fromkeys(wallets.ids, progress)

        with (
            self.on("2026-10-01"),
            patch.object(LoyaltyB2bWallet, "_get_tier_progress", tell),
        ):
            self.env.invalidate_all()
            yield self.wallet.sudo()._prepare_tier()

    def _card(self):
        return html.fromstring(str(self.wallet.tier_card))


@tagged("post_install", "-at_install")
class TestTierWords(TierScreensCommon):
    """How far a wallet is, in words."""

    def setUp(self):
        super().setUp()
        self.program.currency_id = self.env.ref("base.PLN")
        self._put_on(self.silver, until="2026-12-31")

    def assertReads(self, text, expected):
        self.assertEqual(text.replace("\N{NO-BREAK SPACE}", " "), expected)

    def test_what_is_missing_to_the_next_level_by_when(self):
        with self._told() as level:
            self.assertReads(level["next"], "8,200 zł to Gold, by 31 December 2026")
            self.assertEqual(level["percent"], 83)
            self.assertReads(level["reached"], "41,800 zł")
            self.assertEqual(level["until"], "until 31 December 2026")
            self.assertEqual(level["since"], "15 January 2026")
            self.assertEqual(level["look"]["name"], "Silver")

    def test_the_unit_is_that_of_the_measure(self):
        for measure, missing, expected in (
            ("orders", 1, "1 order to Gold, by 31 December 2026"),
            ("orders", 1234, "1,234 orders to Gold, by 31 December 2026"),
            ("points", 8200, "8,200 points to Gold, by 31 December 2026"),
            ("turnover", "8.50", "8.50 zł to Gold, by 31 December 2026"),
        ):
            values = {"measure_name": measure, "missing": Decimal(missing)}
            with self.subTest(measure), self._told(**values) as level:
                self.assertReads(level["next"], expected)

    def test_rolling_months_have_no_last_day(self):
        with self._told(by=None) as level:
            self.assertReads(
                level["next"], "8,200 zł to Gold, counting the last 12 months"
            )

    def test_what_keeps_a_level(self):
        values = {"keep_missing": Decimal(3400), "keep_by": self._day("2026-12-31")}
        with self._told(**values) as level:
            self.assertReads(
                level["keep"],
                "3,400 zł by 31 December 2026 keep Silver until 31 December 2027",
            )
        with self._told(keep_by=self._day("2026-12-31")) as level:
            self.assertEqual(
                level["keep"], "Enough to keep Silver until 31 December 2027"
            )

    def test_of_rolling_months_nobody_knows_before(self):
        self._put_on(None)
        self.program.tier_period = "rolling"
        self._put_on(self.silver, until="2026-12-31")
        values = {"keep_missing": Decimal(3400), "keep_by": self._day("2027-03-01")}
        with self._told(**values) as level:
            self.assertEqual(level["keep"], "")

    def test_the_highest_level_has_no_next_one(self):
        values = {"tier_id": self.platinum.id, "next_id": None, "missing": None}
        with self._told(**values) as level:
            self.assertEqual((level["next"], level["percent"]), ("", 100))
            self.assertFalse(self._card().xpath("//*[@role='progressbar']"))

    def test_no_level_yet(self):
        self._put_on(None)
        values = {
            "tier_id": None,
            "earned_id": None,
            "until": None,
            "grace_end": None,
            "next_id": self.silver.id,
            "missing": Decimal(10000),
            "measure": Decimal(0),
        }
        with self._told(**values) as level:
            self.assertEqual((level["look"], level["brings"]), ({}, ()))
            self.assertReads(level["next"], "10,000 zł to Silver, by 31 December 2026")
            self.assertEqual(level["percent"], 0)
            self.assertIn("No level yet", self._card().text_content())

    def test_what_is_set_by_hand_says_why_to_staff_only(self):
        values = {
            "tier_id": self.gold.id,
            "manual_id": self.gold.id,
            "manual_until": self._day("2026-11-30"),
            "reason": "Promised at the fair",
            "next_id": self.platinum.id,
        }
        with self._told(**values) as level:
            self.assertEqual(level["until"], "until 30 November 2026")
            self.assertEqual(level["by_hand"], "set by hand: Promised at the fair")
            portal = self.wallet.sudo()._prepare_tier(in_portal=True)
            self.assertEqual(portal["by_hand"], "by agreement")

    def test_what_is_kept_for_good_says_so(self):
        self.silver.is_lasting = True
        with self._told(until=None, grace_end=None) as level:
            self.assertEqual(level["until"], "for good")
            self.assertIn("Kept for good", level["brings"])

    def test_a_level_says_what_it_brings(self):
        term = self.env["account.payment.term"].create({"name": "60 days"})
        pricelist = self.env["product.pricelist"].create({"name": "Internal 7"})
        self.gold.write(
            {
                "factor": 1.25,
                "payment_term_id": term.id,
                "pricelist_id": pricelist.id,
                "description": "Advice\n\n Next-day delivery ",
            }
        )
        self.assertEqual(
            self.gold._get_benefit_texts(),
            [
                "1.25 × the points",
                "Special prices",
                "Payment terms: 60 days",
                "Advice",
                "Next-day delivery",
            ],
        )

    def test_only_a_colour_becomes_a_colour(self):
        self.gold.color = "red; background: url(//evil)"
        self.assertEqual(self.gold._prepare_card().color, "#714B67")


@tagged("post_install", "-at_install")
class TestTierScreens(TierScreensCommon):
    """Levels on the forms of programmes, wallets and customers."""

    def test_the_tab_says_which_levels_there_are(self):
        self.assertEqual(self.program.caption_tiers, "Silver, Gold, Platinum")
        self.program.tier_ids.unlink()
        self.assertEqual(self.program.caption_tiers, "none")

    def test_a_threshold_has_the_unit_of_the_measure(self):
        for measure, unit in (
            ("turnover", self.currency.name),
            ("points", "points"),
            ("orders", "orders"),
        ):
            with self.subTest(measure):
                self.program.tier_measure = measure
                self.assertEqual(self.gold.threshold_unit, unit)

    def test_levels_count_the_customers_one_may_see(self):
        other = self._create_customer("Other", "5213017228", user_id=self.officer.id)
        self._put_on(self.gold, self._enrol(other))
        self._put_on(self.gold)
        self.assertEqual(self.gold.wallet_count, 2)
        mine = self.gold.with_user(self.salesperson)
        mine.invalidate_recordset()
        self.assertEqual(mine.wallet_count, 1)
        action = self.gold.action_view_wallets()
        found = self.env[action["res_model"]].search(action["domain"])
        self.assertEqual(len(found), 2)

    def test_levels_are_added_on_the_programme(self):
        with Form(self.program) as form, form.tier_ids.new() as line:
            line.name = "Diamond"
            line.threshold = 900000
            line.factor = 3
        diamond = self.program.tier_ids.sorted("threshold")[-1]
        self.assertEqual(diamond.name, "Diamond")
        self.assertEqual(diamond.rule_id.factor, 3)

    def test_the_wallet_shows_level_progress_and_history(self):
        self._put_on(self.silver, until="2026-12-31")
        with self._told():
            with Form(self.wallet) as form:
                self.assertTrue(form.has_tiers)
            card = self._card()
        self.assertIn("Silver", card.text_content())
        bar = card.xpath("//*[@role='progressbar']")[0]
        self.assertEqual(bar.get("aria-valuenow"), "83")
        self.assertIn("to Gold, by 31 December 2026", bar.get("aria-label"))

    def test_a_programme_without_levels_does_not_speak_of_them(self):
        self.program.tier_ids.unlink()
        self.env.invalidate_all()
        self.assertFalse(self.wallet.has_tiers)
        self.assertFalse(self.wallet.tier_card)

    def test_wallets_are_filtered_and_grouped_by_level(self):
        self._put_on(self.gold)
        groups = self.env["loyalty.b2b.wallet"].formatted_read_group(
            [("program_id", "=", self.program.id)], ["tier_id"], ["__count"]
        )
        self.assertEqual(groups[0]["tier_id"], (self.gold.id, "Gold"))

    def test_the_customer_shows_the_level(self):
        self._put_on(self.gold)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        partner = contact.with_user(self.salesperson)
        self.assertEqual(partner.loyalty_b2b_tier_id, self.gold)
        Form(self.customer.with_user(self.officer))

    def test_everybody_who_may_opens_the_forms(self):
        self.gold.factor = 2
        self._put_on(self.gold)
        auditor = new_test_user(
            self.env,
            "tier_auditor",
            groups="account.group_account_readonly",
            company_id=self.company.id,
        )
        for user in (self.env.user, self.officer, self.salesperson, auditor):
            with self.subTest(user.login):
                Form(self.gold.with_user(user))
                Form(self.wallet.with_user(user))
        Form(self.gold.rule_id)
        Form(self.program)


@tagged("post_install", "-at_install")
class TestTierThresholds(LoyaltyB2bTierCommon):
    """Once customers are on levels, a dialog changes what they take."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._put_on(cls.gold, until="2026-12-31")

    def _open(self):
        action = self.program.action_change_thresholds()
        return Form(self.env[action["res_model"]].with_context(**action["context"]))

    def test_levels_in_use_are_not_changed_elsewhere(self):
        for act in (
            lambda: self.gold.write({"threshold": 5}),
            lambda: self.gold.action_archive(),
            lambda: self.silver.unlink(),
            lambda: self._create_tier("Bronze", 1),
            lambda: self.program.write({"tier_measure": "points"}),
            lambda: self.program.write({"tier_period": "rolling"}),
        ):
            with self.assertRaisesRegex(UserError, "Use “Change thresholds”"):
                act()
        # what they bring may be changed, and what stays the same be written
        self.gold.write({"factor": 2, "name": "Sun"})
        self.program.write({"tier_measure": "turnover", "tier_grace_days": 30})

    def test_levels_that_nobody_holds_are_changed_freely(self):
        self._put_on(None)
        self.gold.threshold = 60000
        self.program.tier_period = "rolling"
        self._create_tier("Bronze", 1)

    def test_the_dialog_says_first_what_would_happen(self):
        effect = {
            self.silver.id: {"now": 4, "rising": 0, "falling": 1},
            self.gold.id: {"now": 3, "rising": 12, "falling": 2},
            self.platinum.id: {"now": 0, "rising": 0, "falling": 0},
        }
        asked = []

        def query(program, thresholds):
            terms = program._get_tier_terms()
            asked.append((terms.measure, terms.period, dict(thresholds)))
            return effect

        with self.patch_with(
            "odoo.addons.loyalty_b2b.models.program_tiers.LoyaltyB2bProgram"
            "._query_tier_effect",
            new=query,
        ):
            form = self._open()
            self.assertEqual(form.tier_measure, "turnover")
            form.tier_measure = "points"
            with form.line_ids.edit(1) as line:
                self.assertEqual((line.name, line.threshold_now), ("Gold", 50000))
                line.threshold = 40000
            self.assertEqual(
                form.effect_text,
                "12 customers rise at once.\n"
                "3 customers would fall at the next review, by one level.",
            )
        measure, period, thresholds = asked[-1]
        self.assertEqual((measure, period), ("points", "year"))
        self.assertEqual(thresholds[self.gold.id], 40000)
        # nothing was changed by asking
        self.assertEqual(self.gold.threshold, 50000)
        self.assertEqual(self.program._get_tier_terms().measure, "turnover")

    def test_the_dialog_changes_levels_and_says_so_in_the_history(self):
        form = self._open()
        form.tier_period = "rolling"
        for number, threshold in enumerate((50000, 60000, 70000)):
            with form.line_ids.edit(number) as line:
                line.threshold = threshold
        with form.line_ids.new() as line:
            line.name = "Diamond"
            line.threshold = 900000
        form.save().action_apply()
        tiers = self.program._get_tiers()
        self.assertEqual(
            tiers.mapped("name"), ["Silver", "Gold", "Platinum", "Diamond"]
        )
        self.assertEqual(tiers.mapped("threshold"), [50000, 60000, 70000, 900000])
        self.assertEqual(self.program.tier_period, "rolling")
        body = self.program.message_ids[0].body
        for text in ("Calendar year → Last 12 months", "Gold", "Diamond"):
            self.assertIn(text, body)

    def test_thresholds_go_down_as_well(self):
        form = self._open()
        for number, threshold in enumerate((100, 10000, 50000)):
            with form.line_ids.edit(number) as line:
                line.threshold = threshold
        form.save().action_apply()
        self.assertEqual(
            self.program._get_tiers().mapped("threshold"), [100, 10000, 50000]
        )

    def test_levels_have_to_follow_each_other(self):
        for threshold, message in (
            (10000, "Silver and Gold cannot begin at the same"),
            (5, "follow each other as they do now: Silver, Gold, Platinum"),
            (-1, "Level Gold cannot begin below 0"),
        ):
            with self.subTest(threshold), self.assertRaisesRegex(UserError, message):
                form = self._open()
                with form.line_ids.edit(1) as line:
                    line.threshold = threshold
                form.save().action_apply()

    def test_only_administrators_change_thresholds(self):
        dialogs = self.env["loyalty.b2b.tier.thresholds"]
        for user in (self.officer, self.salesperson):
            with self.subTest(user.login), self.assertRaises(AccessError):
                dialogs.with_user(user).create({"program_id": self.program.id})
            with self.assertRaises(AccessError):
                self.gold.with_user(user).write({"factor": 2})

    def test_no_remote_call_tries_other_terms_or_passes_the_guard(self):
        for value in (True, ["points", "rolling"], {"measure": "points"}):
            context = {
                "loyalty_b2b_tier_trial": value,
                "loyalty_b2b_thresholds": value,
                "loyalty_b2b_by_tier": value,
            }
            program = self.program.with_context(**context)
            self.assertEqual(program._get_tier_terms().measure, "turnover")
            with self.assertRaises(UserError):
                program.tier_measure = "points"
