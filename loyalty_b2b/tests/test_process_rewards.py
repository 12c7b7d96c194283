from functools import partial

from odoo.tests import tagged

from .process_common import ProcessCase


def redeem(reward_id, wallet_id, quantity, key, env):
    reward = env["loyalty.b2b.reward"].browse(reward_id)
    wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
    nobody = env["res.partner"]
    return reward._redeem(wallet, nobody, quantity, request_key=key).id


def step(verb, redemption_id, env):
    use = env["loyalty.b2b.redemption"].browse(redemption_id)
    getattr(use, verb)(*(["late"] if verb == "_cancel_reward" else []))
    return use.state


@tagged("post_install", "-at_install")
class TestProcessRewards(ProcessCase):
    """Rewards at the same moment: nothing is sold twice, nothing is used twice."""

    def _create_reward(self, **values):
        with self._environment() as env:
            reward = env["loyalty.b2b.reward"].create(
                {
                    "name": "Training",
                    "program_id": self.program_id,
                    "kind": "access",
                    "points": 100,
                    **values,
                }
            )
            return reward.id

    def _read(self, model, record_id, name):
        with self._environment() as env:
            return env[model].browse(record_id)[name]

    def test_last_seats_go_to_as_many_as_there_are(self):
        reward_id = self._create_reward(is_limited=True, stock=2)
        wallets = [self._create_wallet(points=500)[0] for _turn in range(4)]
        results = self.decide(
            *(partial(redeem, reward_id, wallet, 1, None) for wallet in wallets)
        )
        self.assertEqual(self.count_done(results), 2)
        self.assertEqual(self._read("loyalty.b2b.reward", reward_id, "taken"), 2)
        refused = [str(r) for r in results if isinstance(r, Exception)]
        self.assertEqual(set(refused), {"Training: no seats left."})
        left = [self._read("loyalty.b2b.wallet", w, "available") for w in wallets]
        self.assertEqual(sorted(left), [400, 400, 500, 500])

    def test_a_wallet_does_not_use_its_points_twice(self):
        reward_id = self._create_reward(points=300)
        wallet_id, _partner = self._create_wallet(points=500)
        results = self.decide(
            *(partial(redeem, reward_id, wallet_id, 1, None) for _turn in range(3))
        )
        self.assertEqual(self.count_done(results), 1)
        self.assertSound(wallet_id, balance=200, available=200)

    def test_double_click_is_one_wish(self):
        reward_id = self._create_reward(is_limited=True, stock=5)
        wallet_id, _partner = self._create_wallet(points=500)
        results = self.decide(
            *(partial(redeem, reward_id, wallet_id, 1, "form") for _turn in range(3))
        )
        self.assertEqual(len(set(results)), 1)
        self.assertEqual(self._read("loyalty.b2b.reward", reward_id, "taken"), 1)
        self.assertSound(wallet_id, available=400)

    def test_limit_of_a_wallet_is_exact(self):
        reward_id = self._create_reward(limit_number=2, limit_period="lifetime")
        wallet_id, _partner = self._create_wallet(points=500)
        results = self.decide(
            *(partial(redeem, reward_id, wallet_id, 1, None) for _turn in range(4))
        )
        self.assertEqual(self.count_done(results), 2)
        self.assertSound(wallet_id, available=300)

    def test_confirming_and_cancelling_at_once_ends_in_one_of_both(self):
        reward_id = self._create_reward(must_confirm=True, is_limited=True, stock=1)
        wallet_id, _partner = self._create_wallet(points=500)
        with self._environment() as env:
            use_id = redeem(reward_id, wallet_id, 1, None, env)
        self.decide(
            partial(step, "_confirm_alone", use_id),
            partial(step, "_cancel_reward", use_id),
            partial(step, "_cancel_reward", use_id),
        )
        # cancelled at last in either order: what was confirmed can be cancelled
        state = self._read("loyalty.b2b.redemption", use_id, "state")
        self.assertEqual(state, "cancelled")
        self.assertEqual(self._read("loyalty.b2b.reward", reward_id, "taken"), 0)
        self.assertSound(wallet_id, balance=500, available=500, held=0)

    def test_no_code_is_handed_out_twice(self):
        reward_id = self._create_reward(kind="voucher")
        with self._environment() as env:
            env["loyalty.b2b.reward.code"].create(
                [{"reward_id": reward_id, "code": f"C{n}"} for n in range(3)]
            )
        wallets = [self._create_wallet(points=500)[0] for _turn in range(5)]
        results = self.decide(
            *(partial(redeem, reward_id, wallet, 1, None) for wallet in wallets)
        )
        self.assertEqual(self.count_done(results), 3)
        with self._environment() as env:
            codes = env["loyalty.b2b.reward.code"].search(
                [("reward_id", "=", reward_id)]
            )
            self.assertEqual(len(codes.redemption_id), 3)
