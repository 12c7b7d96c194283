from functools import partial

from odoo import fields
from odoo.tests import tagged

from .process_common import ProcessCase

BOTH = 2


def give(reward_id, wallet_id, key, name, env):
    reward = env["loyalty.b2b.reward"].browse(reward_id)
    wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
    reward._redeem(
        wallet,
        env["res.partner"],
        request_key=key,
        reason="Anniversary",
        gift={
            "name": name,
            "function": "Buyer",
            "status": "employee",
            "consent_name": "The boss",
            "consent_date": fields.Date.today(),
            "consent_how": "written",
        },
    )


@tagged("post_install", "-at_install")
class TestProcessGifts(ProcessCase):
    """Gifts to one person, and to one company, at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._environment() as env:
            env.company.write(
                {
                    "loyalty_b2b_several_programs": True,
                    "loyalty_b2b_gifts": True,
                    "loyalty_b2b_gift_count": 1,
                    "loyalty_b2b_gift_person_limit": 100.0,
                    "loyalty_b2b_gift_company_limit": 100.0,
                    "loyalty_b2b_gift_threshold": 100.0,
                }
            )
            cls.other_id = cls._create_program(env).id
            cls.reward_ids = [
                env["loyalty.b2b.reward"]
                .create(
                    {
                        "name": "Pen",
                        "program_id": program_id,
                        "kind": "gift",
                        "points": 10,
                        "value": 60.0,
                        "cost": 50.0,
                    }
                )
                .id
                for program_id in (cls.program_id, cls.other_id)
            ]

    def _count(self, partner_id):
        with self._environment() as env:
            return env["loyalty.b2b.gift"].search_count([("owner_id", "=", partner_id)])

    def test_two_gifts_to_one_person_at_once_are_one(self):
        wallet_id, partner_id = self._create_wallet(100)
        results = self.decide(
            *(
                partial(give, self.reward_ids[0], wallet_id, f"one:{n}", "Anna Nowak")
                for n in range(BOTH)
            )
        )
        self.assertEqual(self.count_done(results), 1)
        self.assertEqual(self._count(partner_id), 1)
        self.assertSound(wallet_id, available=90)

    def test_two_gifts_to_one_company_at_once_keep_its_limit(self):
        wallet_id, partner_id = self._create_wallet(100)
        results = self.decide(
            partial(give, self.reward_ids[0], wallet_id, "company:1", "Anna Nowak"),
            partial(give, self.reward_ids[0], wallet_id, "company:2", "Piotr Kot"),
        )
        self.assertEqual(self.count_done(results), 1)
        self.assertEqual(self._count(partner_id), 1)

    def test_two_gifts_in_two_programmes_at_once_are_one(self):
        wallet_id, partner_id = self._create_wallet(100)
        with self._environment() as env:
            partner = env["res.partner"].browse(partner_id)
            other = env["loyalty.b2b.program"].browse(self.other_id)._enrol(partner)
            other = other[partner]
            other._open_balance(100, f"opening:{other.id}")
            other_id = other.id
        results = self.decide(
            partial(give, self.reward_ids[0], wallet_id, "two:1", "Anna Nowak"),
            partial(give, self.reward_ids[1], other_id, "two:2", "Anna Nowak"),
        )
        self.assertEqual(self.count_done(results), 1)
        self.assertEqual(self._count(partner_id), 1)
