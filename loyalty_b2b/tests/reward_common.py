from .common import LoyaltyB2bCommon


class RewardCommon(LoyaltyB2bCommon):
    """A programme with rewards, a customer with points, its people."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids |= cls.env.ref("loyalty_b2b.group_loyalty_b2b_officer")
        cls.buyer = cls.env["res.partner"].create(
            {"name": "Jan Lis", "parent_id": cls.customer.id, "email": "jan@wisla.test"}
        )
        cls._give_points(1000)

    @classmethod
    def _create_reward(cls, name="Hotline hour", points=300, **values):
        return cls.env["loyalty.b2b.reward"].create(
            {
                "name": name,
                "program_id": cls.program.id,
                "kind": "service",
                "points": points,
                **values,
            }
        )

    @classmethod
    def _redeem(cls, reward, quantity=1, wallet=None, contact=None, **values):
        """Use points for a reward as our staff does; return the redemption."""
        return reward._redeem(
            wallet or cls.wallet, contact or cls.buyer, quantity, **values
        )

    @classmethod
    def _create_codes(cls, reward, *codes, **values):
        return (
            cls.env["loyalty.b2b.reward.code"]
            .sudo()
            .create(
                [{"reward_id": reward.id, "code": code, **values} for code in codes]
            )
        )

    @classmethod
    def _give_role(cls, partner, role, wallet=None):
        return (wallet or cls.wallet)._grant(partner, role)

    def _codes(self, reward, **options):
        """Return the codes of the refusals for the wallet."""
        return [
            refusal.code for refusal in reward._get_refusals(self.wallet, **options)
        ]

    def _texts(self, reward, **options):
        return [
            refusal.text for refusal in reward._get_refusals(self.wallet, **options)
        ]
