from decimal import Decimal
from unittest.mock import patch

from odoo import Command

from .use_common import UseCommon


class LevelsCommon(UseCommon):
    """Levels Silver from 500 and Gold from 1 000; 1 point per 1.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a job commits its batches, which a test cannot
        progress = patch.object(
            type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        cls.startClassPatcher(progress)
        cls.program.tier_ids = [
            Command.create({"name": "Silver", "threshold": 500}),
            Command.create({"name": "Gold", "threshold": 1000}),
        ]
        cls.silver, cls.gold = cls.program.tier_ids

    # === ACTS === #

    def _invoice_on(self, day, *amounts, settle=True, **values):
        """Invoice net amounts on a day, and settle as the job does within a minute."""
        with self.on(day):
            move = self._create_invoice_of(
                list(amounts), **{"invoice_date": day, **values}
            )
            if settle:
                self._settle_now()
        return move

    def _credit_on(self, day, move, *amounts):
        with self.on(day):
            note = self._credit(move, list(amounts) or None, invoice_date=day)
            self._settle_now()
        return note

    def _register_payment(self, move):
        """Pay an invoice today; the wallet sees it as before a commit."""
        wizard = self.env["account.payment.register"].with_context(
            active_model="account.move", active_ids=move.ids
        )
        payment = wizard.create({})._create_payments()
        self._notice()
        return payment

    def _notice(self):
        self.env.flush_all()
        self.env["loyalty.b2b.wallet"]._activate_queued()

    def _settle_now(self, wallet=None):
        wallet = wallet or self.wallet
        wallet._lock()
        wallet._settle()

    def _run_on(self, day):
        """Run the daily step of levels."""
        with self.on(day):
            self.assertTrue(self.program._daily_tiers())

    def _progress_on(self, day, wallet=None):
        wallet = wallet or self.wallet
        with self.on(day):
            return wallet._get_tier_progress()[wallet.id]

    # === CHECKS === #

    def assertLevel(self, tier, until=None, wallet=None, **values):
        """Check the level in force, and how long the earned one was granted."""
        wallet = wallet or self.wallet
        self.assertEqual(wallet.tier_id, tier or wallet.tier_id.browse())
        self.assertEqual(wallet.tier_until or None, until and self._day(until))
        for name, expected in values.items():
            self.assertEqual(wallet[name], expected, name)

    def assertHistory(self, *expected, wallet=None):
        """Check date, cause and levels of all changes, the oldest first."""
        changes = (wallet or self.wallet).tier_change_ids.sorted("id")
        found = [
            (str(row.date), row.cause, row.tier_from_id.name, row.tier_to_id.name)
            for row in changes
        ]
        self.assertEqual(
            found, [(d, c, f or False, t or False) for d, c, f, t in expected]
        )

    def assertMeasure(self, day, expected, name="measure"):
        self.assertEqual(self._progress_on(day)[name], Decimal(expected))
