from odoo.tools import SQL

from .common import LoyaltyB2bCommon


class LoyaltyB2bTierCommon(LoyaltyB2bCommon):
    """A programme with levels Silver, Gold and Platinum; nobody is on one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.silver = cls._create_tier("Silver", 10000)
        cls.gold = cls._create_tier("Gold", 50000)
        cls.platinum = cls._create_tier("Platinum", 200000)

    @classmethod
    def _create_tier(cls, name, threshold, program=None, **values):
        return cls.env["loyalty.b2b.tier"].create(
            {
                "name": name,
                "program_id": (program or cls.program).id,
                "threshold": threshold,
                **values,
            }
        )

    @classmethod
    def _put_on(cls, tier, wallet=None, until=None, since="2026-01-15"):
        """Put a wallet on a level as if it had been reached, or on none."""
        wallet = wallet or cls.wallet
        cls.env.flush_all()
        cls.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_wallet SET tier_id = %(tier)s,"
                " tier_earned_id = %(tier)s, tier_since = %(since)s,"
                " tier_until = %(until)s WHERE id = %(wallet)s RETURNING id",
                tier=tier.id if tier else None,
                since=since if tier else None,
                until=until,
                wallet=wallet.id,
            )
        )
        cls.env.invalidate_all()

    @classmethod
    def _create_rule(cls, **values):
        return cls.env["loyalty.b2b.rule"].create(
            {"name": "Test", "program_id": cls.program.id, **values}
        )
