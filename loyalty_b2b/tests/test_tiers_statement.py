import random
from datetime import date, timedelta
from decimal import Decimal

from odoo import Command
from odoo.tests import tagged
from odoo.tools import SQL

from ..models.program_tier_screens import BY_DIALOG
from ..tools import tiers
from .levels_common import LevelsCommon

DAYS = (date(2026, 1, 1), date(2026, 2, 28), date(2026, 3, 2), date(2028, 2, 29))
KINDS = ("year", "rolling", "membership")
WALLETS = 120


@tagged("post_install", "-at_install")
class TestTiersStatement(LevelsCommon):
    """The one statement of the night decides what `tools.tiers` decides."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.tier_ids = [
            Command.create({"name": "Basic", "threshold": 0}),
            Command.create({"name": "Top", "threshold": 2000}),
        ]
        partners = cls.env["res.partner"].create(
            [{"name": f"P{n}", "is_company": True} for n in range(WALLETS)]
        )
        cls.wallets = cls.env["loyalty.b2b.wallet"].create(
            [{"program_id": cls.program.id, "partner_id": p.id} for p in partners]
        )

    def test_the_statement_and_the_arithmetic_agree(self):
        for number, kind in enumerate(KINDS * 3):
            chance = random.Random(number)
            day = chance.choice(DAYS)
            lasting = number % 2 == 1
            with self.subTest(kind=kind, day=day, lasting=lasting):
                self._check_one(chance, day, kind, lasting)

    def _check_one(self, chance, day, kind, lasting):
        self.program.with_context(loyalty_b2b_thresholds=BY_DIALOG).write(
            {"tier_period": kind, "tier_grace_days": chance.choice([0, 1, 60, 366])}
        )
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_tier SET is_lasting = %s WHERE id = %s"
                " RETURNING id",
                lasting,
                self.silver.id,
            )
        )
        self.env.registry.clear_cache()
        levels = list(self.program._get_tier_terms().levels)
        expected = {}
        for wallet in self.wallets:
            expected[wallet.id] = self._prepare(wallet, chance, day, kind, levels)
        self.env.invalidate_all()
        with self.on(day):
            self.env["loyalty.b2b.wallet"].sudo()._retier(
                self.program, SQL("TRUE"), with_reviews=True
            )
        ranks = {False: 0} | {level.id: n for n, level in enumerate(levels, 1)}
        found = {
            wallet.id: (ranks[wallet.tier_earned_id.id], wallet.tier_until or None)
            for wallet in self.wallets
        }
        self.assertEqual(found, {k: v[:2] for k, v in expected.items()})
        causes = self.env["loyalty.b2b.tier.change"]._read_group(
            [("wallet_id", "in", self.wallets.ids)], ["cause"], ["__count"]
        )
        wanted = [decision.cause for decision in expected.values() if decision.cause]
        self.assertEqual(
            dict(causes), {cause: wanted.count(cause) for cause in set(wanted)}
        )

    def _prepare(self, wallet, chance, day, kind, levels):
        """Give a wallet a level and documents; return what it comes to."""
        joined = date(2024, 2, 29) - timedelta(days=chance.choice([0, 0, 1, 30, 400]))
        held = chance.randint(0, len(levels))
        until = held and chance.choice(
            [
                None,
                tiers.granted_until(day, kind, joined),
                tiers.running(day, kind, joined).start - tiers.DAY,
                day - timedelta(days=chance.choice([1, 2, 61, 62, 400])),
            ]
        )
        until = self._end_of(until, kind, joined)
        documents = [
            (day - timedelta(days=chance.randint(-10, 800)), chance.randint(-200, 700))
            for _number in range(chance.randint(0, 6))
        ]
        self._put(wallet, levels[held - 1].id if held else None, until, joined)
        self._book_plain(wallet, documents)
        measures = self._measure(documents, until, day, kind, joined)
        grace = self.program.tier_grace_days
        return tiers.decide(held, until, measures, levels, day, kind, joined, grace)

    @staticmethod
    def _end_of(until, kind, joined):
        """Levels are granted to the end of a period, but where the months roll."""
        if not until or kind == "rolling":
            return until or None
        return tiers.running(until, kind, joined).end

    @staticmethod
    def _measure(documents, until, day, kind, joined):
        def measure(period):
            amounts = [
                amount
                for when, amount in documents
                if period and period.start <= when <= period.end
            ]
            return Decimal(sum(amounts))

        running = tiers.running(day, kind, joined)
        last = tiers.previous(running, kind, joined)
        ended = until and tiers.running(until, kind, joined)
        return measure(running), measure(last), measure(ended)

    def _put(self, wallet, tier_id, until, joined):
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_wallet SET tier_id = %s, tier_earned_id = %s,"
                " tier_until = %s, date_joined = %s WHERE id = %s RETURNING id",
                tier_id,
                tier_id,
                until,
                joined,
                wallet.id,
            )
        )
        self.env.execute_query(
            SQL(
                "WITH gone AS (DELETE FROM loyalty_b2b_tier_change WHERE wallet_id ="
                " %(id)s) DELETE FROM loyalty_b2b_entry WHERE wallet_id = %(id)s"
                " RETURNING id",
                id=wallet.id,
            )
        )

    def _book_plain(self, wallet, documents):
        wallet._book(
            [
                wallet._prepare_entry(
                    "earn",
                    0,
                    key=f"test:{wallet.id}:{number}",
                    date_earned=when,
                    turnover=amount,
                )
                for number, (when, amount) in enumerate(documents)
            ]
        )
