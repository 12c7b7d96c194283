from odoo import Command
from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestTiers(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.tier_ids = [
            Command.create({"name": "Silver", "threshold": 500}),
            Command.create({"name": "Gold", "threshold": 900}),
        ]
        cls.silver, cls.gold = cls.program.tier_ids

    def test_progress(self):
        with self.on("2026-03-01"):
            progress = self.wallet._get_tier_progress()[self.wallet.id]
            self.assertEqual(progress["next_id"], self.silver.id)
            effect = self.program._query_tier_effect({self.silver.id: 0, "new": 10})
            self.assertEqual(effect[self.silver.id]["rising"], 1)
