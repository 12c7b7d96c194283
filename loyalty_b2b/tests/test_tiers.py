from odoo.tests import tagged

from .levels_common import LevelsCommon


@tagged("post_install", "-at_install")
class TestTiers(LevelsCommon):
    """What makes a level rise and fall; each number is worked out by hand."""

    # === UP === #

    def test_a_threshold_reached_exactly_gives_the_level_at_once(self):
        self._invoice_on("2026-03-01", 499.99)
        self.assertLevel(None)
        self._invoice_on("2026-03-02", 0.01)
        self.assertLevel(self.silver, "2026-12-31")
        self.assertEqual(self.wallet.tier_since, self._day("2026-03-02"))
        self.assertHistory(("2026-03-02", "reached", None, "Silver"))
        self.assertEqual(self.wallet.tier_change_ids.measure, 500)

    def test_progress_says_what_is_missing_and_until_when(self):
        self._invoice_on("2026-03-01", 300.0)
        found = self._progress_on("2026-03-02")
        self.assertEqual(found["next_id"], self.silver.id)
        self.assertEqual((found["measure"], found["missing"]), (300, 200))
        self.assertEqual(found["by"], self._day("2026-12-31"))
