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
