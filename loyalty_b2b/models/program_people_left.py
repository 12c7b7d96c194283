from odoo import models


class LoyaltyB2bProgram(models.Model):
    """The daily look for persons who have left."""

    _inherit = "loyalty.b2b.program"

    # === JOBS === #

    def _get_daily_steps(self):
        return [*super()._get_daily_steps(), self._daily_people_left]

    def _daily_people_left(self):
        """End the roles of persons who do not belong to a company that takes part."""
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        return wallets._run_batches(
            "_query_people_left", "_end_people_left", self.id, self._today()
        )

    # === RUN NOW === #

    def _get_daily_labels(self):
        people = self.env._("Wallets with persons who have left")
        return {**super()._get_daily_labels(), "people": people}

    def _count_daily(self):
        wallets = self.env["loyalty.b2b.wallet"]
        left = wallets._query_people_left(self.id, self._today(), 0, None)
        return {**super()._count_daily(), "people": len(left)}
