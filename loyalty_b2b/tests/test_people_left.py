from unittest.mock import patch

from odoo.tests import tagged

from .people_common import LoyaltyB2bPeopleCommon


@tagged("post_install", "-at_install")
class TestPeopleLeft(LoyaltyB2bPeopleCommon):
    """Who leaves has no right at once; the row is ended by the daily job, and stays."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls._create_customer("Skład Odra", "5213017228")
        cls.other_wallet = cls._enrol(cls.other)
        cls.row = cls.wallet._grant(cls.anna, "administers")
        # a job commits its batches, which a test cannot
        progress = patch.object(
            type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        cls.startClassPatcher(progress)

    def _run_job(self):
        self.assertTrue(self.program._daily_people_left())
        self.row.invalidate_recordset()

    def assertEnded(self, reason):
        self.assertEqual(self._role(self.anna), "")
        self.assertFalse(self.wallet._get_administrators())
        self._run_job()
        self.assertTrue(self.row.date_end)
        self.assertIn(reason, self.row.end_reason)
        self.assertFalse(self.row.ended_by_name)
        self.assertIn("Anna Nowak: no longer", self.wallet.message_ids[0].body)
        self.assertIn(
            "Anna Nowak was the last one", self.wallet.activity_ids[0].note or ""
        )

    def test_who_is_there_keeps_the_role(self):
        self._run_job()
        self.assertFalse(self.row.date_end)
        self.assertEqual(self._role(self.anna), "administers")

    def test_archived(self):
        self.anna.active = False
        self.assertEnded("archived")

    def test_moved_to_another_company_starts_as_a_colleague_there(self):
        self.other_wallet._grant(self._create_contact("Ola", self.other), "uses")
        self.anna.parent_id = self.other
        self.assertEqual(self._role(self.anna, self.other_wallet), "sees")
        self.assertEnded("Belongs to Skład Odra")
        self.assertEqual(self._role(self.anna, self.other_wallet), "sees")

    def test_moved_to_no_company(self):
        self.anna.parent_id = False
        self.assertEnded("Belongs to Anna Nowak")

    def test_moved_with_the_department_that_moves(self):
        department = self._create_contact("Department")
        self.anna.parent_id = department
        self.assertEqual(self._role(self.anna), "administers")
        department.parent_id = self.other
        self.assertEnded("Belongs to Skład Odra")

    def test_the_company_takes_part_no_longer(self):
        self.wallet.participant_ids.date_end = "2020-01-01"
        self.assertEnded("does not take part any more")

    def test_the_wallet_was_left(self):
        self.wallet.action_leave()
        self.assertEnded("does not take part any more")

    def test_the_company_moved_to_another_wallet(self):
        branch = self._create_customer("Wisła Gdańsk", parent_id=self.customer.id)
        self._enrol(branch)
        ola = self._create_contact("Ola", branch)
        row = self.wallet._grant(ola, "uses")
        self.program._keep_apart(branch, "Own budget")
        self.assertEqual(self._role(ola), "")
        self._run_job()
        self.assertIn("Belongs to Wisła", row.end_reason)

    def test_a_deleted_contact(self):
        self.anna.unlink()
        self._run_job()
        self.assertTrue(self.row.date_end)
        self.assertEqual(self.row.name, "Anna Nowak")
        self.assertIn("deleted", self.row.end_reason)

    def test_who_comes_back_after_the_job_starts_as_a_colleague(self):
        self.anna.active = False
        self._run_job()
        self.anna.active = True
        self.assertEqual(self._role(self.anna), "sees")

    def test_archived_by_mistake_and_brought_back_the_same_day(self):
        self.anna.active = False
        self.anna.active = True
        self._run_job()
        self.assertEqual(self._role(self.anna), "administers")

    def test_history_of_who_left_stays(self):
        self._give_points(5000)
        order = self._create_order([(self.product, 10, 100.0)])
        use = self._use_points(order, 1000, contact=self.anna)
        self.anna.parent_id = self.other
        self._run_job()
        self.assertEqual(use.contact_id, self.anna)
        self.assertEqual(use.entry_ids.contact_name, "Anna Nowak")
        self.assertEqual(use.state, "reserved")

    def test_it_is_a_daily_step(self):
        self.anna.active = False
        self.assertEqual(self.program._count_daily()["people"], 1)
        self.program._run_daily(self.program._today())
        self.assertEqual(self.program._count_daily()["people"], 0)

    def test_writes_of_contacts_cost_nothing_more(self):
        plain = self._create_contact("Piotr")
        warm = self._create_contact("Ewa")
        for values in (
            {"phone": "1"},
            {"parent_id": self.other.id},
            {"active": False},
        ):
            with self.subTest(values):
                costs = [
                    self._count_queries(partner, values)
                    for partner in (warm, plain, self.anna)
                ]
                self.assertEqual(costs[1], costs[2])

    def _count_queries(self, partner, values):
        self.env.flush_all()
        self.env.invalidate_all()
        before = self.env.cr.sql_log_count
        partner.write(values)
        self.env.flush_all()
        return self.env.cr.sql_log_count - before
