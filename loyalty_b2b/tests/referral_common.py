from .test_bonuses import BonusCommon


class ReferralCommon(BonusCommon):
    """A programme with referrals: a customer recommends Budmax."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"referral_mode": "fixed", "referral_points": 1000})

    @classmethod
    def _refer(cls, name="Budmax", wallet=None, **values):
        return cls.env["loyalty.b2b.referral"].create(
            {"wallet_id": (wallet or cls.wallet).id, "name": name, **values}
        )

    @classmethod
    def _join(cls, referral, vat=False, **values):
        """Let the company of a referral join as a new customer; return its wallet."""
        partner = cls._create_customer(referral.name, vat, **values)
        code = referral.sudo()._join(partner)
        assert not code, code
        return referral.referred_wallet_id

    def _settle_of(self, *wallets):
        self.env.cr.flush()
        for wallet in wallets:
            wallet._settle_job()
        self.env["loyalty.b2b.wallet"]._invalidate_figures()

    def _get_brought(self, referral):
        """Return the points booked for a referral, in order, once it is settled."""
        referred, referrer = referral.referred_wallet_id, referral.wallet_id
        for _turn in range(2):
            self._settle_of(referred, referrer)
        entries = self._find_brought(referral)
        self.assertEqual(sum(entries.mapped("points")), referral.points)
        for wallet in referred | referrer:
            self.assertEqual(wallet._verify(), [])
        return [int(points) for points in entries.mapped("points")]

    def _find_brought(self, referral):
        domain = [("group_ref", "=", f"referral:{referral.id}")]
        return self.env["loyalty.b2b.entry"].search(domain, order="id")
