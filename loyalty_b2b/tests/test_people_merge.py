from odoo.tests import tagged

from .people_common import LoyaltyB2bPeopleCommon


@tagged("post_install", "-at_install")
class TestPeopleMerge(LoyaltyB2bPeopleCommon):
    """Merged wallets and contacts: one role of a person holds, no row is lost."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.twin = cls._create_customer("Hurtownia Wisla", "7010023456")
        cls.twin_wallet = cls._enrol(cls.twin)
        cls.ola = cls._create_contact("Ola Kos", cls.twin)

    def _merge_contacts(self, source, target):
        wizard = self.env["base.partner.merge.automatic.wizard"].create({})
        wizard._merge((source | target).ids, target)
        self.env.invalidate_all()

    # === WALLETS === #

    def test_people_of_a_merged_wallet_keep_their_roles(self):
        self.twin_wallet._grant(self.ola, "uses", 500)
        self.wallet._merge(self.twin_wallet)
        self.assertEqual(self._role(self.ola), "uses")
        self.assertEqual(self.wallet._get_person(self.ola).limit_order, 500)
        self.assertFalse(self.twin_wallet.person_ids)

    def test_the_higher_role_of_both_wallets_holds(self):
        low = self.wallet._grant(self.anna, "uses", 500)
        self.anna.parent_id = self.twin
        high = self.twin_wallet._grant(self.anna, "administers")
        self.wallet._merge(self.twin_wallet)
        self.assertEqual(self.wallet._get_person(self.anna), high)
        self.assertTrue(low.date_end)
        self.assertIn("wallet that stays", low.end_reason)

    def test_among_equals_the_one_of_the_wallet_that_stays_holds(self):
        mine = self.wallet._grant(self.anna, "uses", 500)
        self.anna.parent_id = self.twin
        theirs = self.twin_wallet._grant(self.anna, "uses", 900)
        self.wallet._merge(self.twin_wallet)
        self.assertEqual(self.wallet._get_person(self.anna), mine)
        self.assertTrue(theirs.date_end)
        self.assertEqual(theirs.wallet_id, self.wallet)

    def test_history_of_both_wallets_moves(self):
        self.twin_wallet._grant(self.ola, "uses")
        self.twin_wallet._revoke(self.ola)
        self.wallet._merge(self.twin_wallet)
        self.assertEqual(self._rows(self.ola).wallet_id, self.wallet)

    def test_an_administrator_who_comes_along_answers_the_activity(self):
        self.wallet._grant(self.anna, "administers")
        self.wallet._revoke(self.anna)
        self.assertTrue(self.wallet.activity_ids)
        self.twin_wallet._grant(self.ola, "administers")
        self.wallet._merge(self.twin_wallet)
        self.assertFalse(self.wallet.activity_ids)

    def test_consents_move(self):
        consent = (
            self.env["loyalty.b2b.consent"]
            .sudo()
            .create(
                {
                    "wallet_id": self.twin_wallet.id,
                    "partner_id": self.ola.id,
                    "kind": "messages",
                    "source": "staff",
                    "given_at": "2026-01-01 12:00:00",
                }
            )
        )
        self.wallet._merge(self.twin_wallet)
        self.assertEqual(consent.wallet_id, self.wallet)

    # === CONTACTS === #

    def test_two_contacts_with_roles_in_one_wallet(self):
        low = self.wallet._grant(self.anna, "uses", 500)
        high = self.wallet._grant(self.jan, "administers")
        self._merge_contacts(self.jan, self.anna)
        self.assertEqual(self._rows(self.anna), low | high)
        self.assertEqual(self._role(self.anna), "administers")
        self.assertTrue(low.date_end)
        self.assertIn("Merged with", low.end_reason)

    def test_two_contacts_with_the_same_role(self):
        kept = self.wallet._grant(self.anna, "uses", 500)
        other = self.wallet._grant(self.jan, "uses")
        self._merge_contacts(self.jan, self.anna)
        self.assertEqual(self.wallet._get_person(self.anna), kept)
        self.assertTrue(other.exists().date_end)

    def test_a_contact_with_a_role_merged_into_one_without(self):
        row = self.wallet._grant(self.jan, "uses")
        self._merge_contacts(self.jan, self.anna)
        self.assertEqual(self.wallet._get_person(self.anna), row)

    def test_two_companies_with_people(self):
        self.wallet._grant(self.anna, "administers")
        self.twin_wallet._grant(self.ola, "uses")
        self._merge_contacts(self.twin, self.customer)
        self.assertEqual(self._role(self.ola), "uses")
        self.assertEqual(self.wallet._get_administrators(), self.anna)
