from functools import partial

from psycopg2.errors import SerializationFailure

from odoo.tests import tagged
from odoo.tools import mute_logger

from .process_common import ProcessCase


def grant(wallet_id, partner_id, role, env):
    wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
    return wallet._grant(env["res.partner"].browse(partner_id), role).id


def revoke(wallet_id, partner_id, env):
    wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
    return wallet._revoke(env["res.partner"].browse(partner_id)).id


@tagged("post_install", "-at_install")
class TestProcessPeople(ProcessCase):
    """Roles given and taken at the same moment: one row of a person holds."""

    def _create_contact(self, company_id):
        with self._environment() as env:
            values = {"name": "Anna", "parent_id": company_id}
            return env["res.partner"].create(values).id

    def _read_rows(self, partner_id):
        with self._environment() as env:
            domain = [("partner_id", "=", partner_id)]
            rows = env["loyalty.b2b.person"].search(domain, order="id")
            return [(row.role, bool(row.date_end)) for row in rows]

    def test_the_same_role_given_twice_at_once_is_one_row(self):
        wallet_id, company_id = self._create_wallet()
        partner_id = self._create_contact(company_id)
        calls = [partial(grant, wallet_id, partner_id, "uses") for _turn in range(4)]
        results = self.decide(*calls)
        self.assertEqual(len(set(results)), 1, results)
        self.assertEqual(self._read_rows(partner_id), [("uses", False)])

    def test_different_roles_at_once_follow_one_another(self):
        wallet_id, company_id = self._create_wallet()
        partner_id = self._create_contact(company_id)
        roles = ("uses", "administers", "sees")
        calls = [partial(grant, wallet_id, partner_id, role) for role in roles]
        self.assertEqual(self.count_done(self.decide(*calls)), 3)
        rows = self._read_rows(partner_id)
        self.assertEqual(sorted(role for role, _end in rows), sorted(roles))
        self.assertEqual([is_over for _role, is_over in rows], [True, True, False])

    def test_a_role_taken_back_twice_at_once_ends_once(self):
        wallet_id, company_id = self._create_wallet()
        partner_id = self._create_contact(company_id)
        self.decide(partial(grant, wallet_id, partner_id, "administers"))
        calls = [partial(revoke, wallet_id, partner_id) for _turn in range(3)]
        self.assertEqual(self.count_done(self.decide(*calls)), 3)
        self.assertEqual(self._read_rows(partner_id), [("administers", True)])
        with self._environment() as env:
            wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
            self.assertEqual(len(wallet.activity_ids), 1)

    def test_a_use_that_began_before_a_role_was_lost_is_looked_at_again(self):
        """What it saw of roles and limits is older than its lock, so it fails."""
        wallet_id, company_id = self._create_wallet(points=100)
        partner_id = self._create_contact(company_id)
        self.decide(partial(grant, wallet_id, partner_id, "uses"))
        with self._environment() as env:
            wallet = env["loyalty.b2b.wallet"].browse(wallet_id)
            person = env["res.partner"].browse(partner_id)
            self.assertEqual(wallet._get_person(person).role, "uses")
            self.decide(partial(revoke, wallet_id, partner_id))
            with mute_logger("odoo.sql_db"), self.assertRaises(SerializationFailure):
                wallet._hold(50, "hold:late")
            env.cr.rollback()
        self.assertSound(wallet_id, balance=100, available=100)
