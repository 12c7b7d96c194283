from functools import partial

from odoo.exceptions import UserError
from odoo.tests import new_test_user, tagged

from .process_common import ProcessCase


def confirm(transfer_id, user_id, env):
    transfer = env["loyalty.b2b.transfer"].with_user(user_id).browse(transfer_id)
    transfer.action_confirm()


@tagged("post_install", "-at_install")
class TestProcessTransfer(ProcessCase):
    """Two officers confirm, or spend, at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls._environment() as env:
            groups = (
                "base.group_user,sales_team.group_sale_salesman_all_leads,"
                "loyalty_b2b.group_loyalty_b2b_officer"
            )
            users = [new_test_user(env, f"mover_{n}", groups=groups) for n in "abc"]
            cls.user_ids = [user.id for user in users]

    def _ask(self, wallet_id, partner_id, **values):
        with self._environment() as env:
            dialogs = env["loyalty.b2b.transfer.new"].with_user(self.user_ids[0])
            dialog = dialogs.create(
                {
                    "wallet_id": wallet_id,
                    "partner_id": partner_id,
                    "reason": "New legal form",
                    **values,
                }
            )
            return dialog.action_ask()["res_id"]

    def test_two_who_confirm_at_once_move_the_points_once(self):
        source_id, _partner = self._create_wallet(100)
        target_id, partner_id = self._create_wallet()
        transfer_id = self._ask(source_id, partner_id)
        results = self.decide(
            *(partial(confirm, transfer_id, user) for user in self.user_ids[1:])
        )
        self.assertEqual(self.count_done(results), 1)
        refusal = next(r for r in results if isinstance(r, UserError))
        self.assertIn("already", str(refusal))
        self.assertSound(source_id, available=0)
        self.assertSound(target_id, available=100)

    def test_a_transfer_and_a_use_share_what_is_there(self):
        source_id, _partner = self._create_wallet(100)
        target_id, partner_id = self._create_wallet()
        transfer_id = self._ask(source_id, partner_id, is_all=False, points=80)

        def spend(env):
            wallet = env["loyalty.b2b.wallet"].browse(source_id)
            wallet._consume(wallet._hold(50, f"spend:{source_id}"))

        results = self.decide(partial(confirm, transfer_id, self.user_ids[1]), spend)
        self.assertEqual(self.count_done(results), 1)
        with self._environment() as env:
            wallets = env["loyalty.b2b.wallet"].browse([source_id, target_id])
            figures = [int(points) for points in wallets.mapped("available")]
            self.assertIn(figures, ([20, 80], [50, 0]))
        self.assertSound(source_id, available=figures[0])

    def test_two_transfers_in_opposite_directions_both_go_through(self):
        one_id, one_partner = self._create_wallet(100)
        two_id, two_partner = self._create_wallet(60)
        there = self._ask(one_id, two_partner, is_all=False, points=30)
        back = self._ask(two_id, one_partner, is_all=False, points=10)
        results = self.decide(
            partial(confirm, there, self.user_ids[1]),
            partial(confirm, back, self.user_ids[2]),
        )
        self.assertEqual(self.count_done(results), 2)
        self.assertSound(one_id, available=80)
        self.assertSound(two_id, available=80)
