from odoo.exceptions import UserError
from odoo.tests import tagged

from .people_common import LoyaltyB2bPeopleCommon

NOBODY = "loyalty_b2b.mail_activity_type_nobody"


@tagged("post_install", "-at_install")
class TestPeople(LoyaltyB2bPeopleCommon):
    """Roles are given and taken back by the wallet; what was stays as history."""

    def test_who_has_no_row_has_the_role_of_colleagues(self):
        self.assertEqual(self._role(self.anna), "sees")
        self.program.colleague_role = "collects"
        self.assertEqual(self._role(self.anna), "collects")

    def test_a_role_is_given_with_limits(self):
        row = self.wallet._grant(self.anna, "uses", 500, 2000, "Buyer", by=self.jan)
        self.assertEqual(self._role(self.anna), "uses")
        self.assertEqual((row.limit_order, row.limit_month), (500, 2000))
        self.assertEqual((row.name, row.reason), ("Anna Nowak", "Buyer"))
        self.assertEqual(row.granted_by_id, self.jan)

    def test_what_one_has_already_is_not_given_again(self):
        row = self.wallet._grant(self.anna, "uses", 500)
        messages = self.wallet.message_ids
        version = self.wallet.version
        self.assertEqual(self.wallet._grant(self.anna, "uses", 500), row)
        self.assertEqual(self._rows(self.anna), row)
        self.assertEqual(self.wallet.message_ids, messages)
        self.assertEqual(self.wallet.version, version)

    def test_a_changed_role_ends_the_old_row_and_opens_a_new_one(self):
        with self.on("2026-03-01"):
            first = self.wallet._grant(self.anna, "uses", 500, reason="Buyer")
        with self.on("2026-04-01"):
            second = self.wallet._grant(
                self.anna, "administers", reason="Head", by=self.jan
            )
        self.assertEqual(self._rows(self.anna), first | second)
        self.assertEqual((first.role, first.limit_order), ("uses", 500))
        self.assertEqual(first.date_end, self._day("2026-04-01"))
        self.assertEqual((first.reason, first.end_reason), ("Buyer", "Head"))
        self.assertEqual(first.ended_by_name, "Jan Lis")
        self.assertFalse(second.date_end)
        self.assertEqual(self._role(self.anna), "administers")

    def test_a_role_taken_back_leaves_the_colleagues_role(self):
        row = self.wallet._grant(self.anna, "uses")
        ended = self.wallet._revoke(self.anna, "Other tasks", by=self.jan)
        self.assertEqual(ended, row)
        self.assertEqual(row.end_reason, "Other tasks")
        self.assertTrue(row.date_end)
        self.assertEqual(self._role(self.anna), "sees")
        self.assertFalse(self.wallet._revoke(self.anna))

    def test_a_role_can_be_given_again_on_the_same_day(self):
        self.wallet._grant(self.anna, "uses")
        self.wallet._revoke(self.anna)
        self.wallet._grant(self.anna, "uses")
        self.assertEqual(len(self._rows(self.anna)), 2)
        self.assertEqual(self._role(self.anna), "uses")

    def test_the_wallets_history_says_who_gave_what_to_whom(self):
        self.wallet._grant(self.anna, "uses", 500, 2000, "Buyer", by=self.jan)
        text = self.wallet.message_ids[0].body
        for words in ("Anna Nowak", "Uses points", "500", "2,000", "Jan Lis", "Buyer"):
            self.assertIn(words, text)
        self.wallet._revoke(self.anna, "Left <b>", by=self.jan)
        text = self.wallet.message_ids[0].body
        self.assertIn("Taken back by Jan Lis. Left &lt;b&gt;", text)

    def test_limits_mean_something_for_those_who_use_points_only(self):
        row = self.wallet._grant(self.anna, "sees", 500, 2000)
        self.assertEqual((row.limit_order, row.limit_month), (0, 0))

    def test_bad_roles_and_limits_are_refused(self):
        for role, limit in (
            ("owner", 0),
            ("", 0),
            (None, 0),
            ("uses", -1),
            ("uses", 10**30),
        ):
            with self.subTest(role=role, limit=limit), self.assertRaises(UserError):
                self.wallet._grant(self.anna, role, limit)
        self.assertFalse(self._rows(self.anna))

    def test_whom_no_role_can_be_given(self):
        other = self._create_customer("Skład Odra", "5213017228")
        self._enrol(other)
        left = self._create_contact("Archived")
        left.active = False
        nobody = self.env["res.partner"]
        address = self.env["res.partner"].create(
            {"parent_id": self.customer.id, "type": "delivery"}
        )
        cases = {
            "of another company": self._create_contact("Ewa", other),
            "of no company": self.env["res.partner"].create({"name": "Piotr"}),
            "archived": left,
            "a company": self.customer,
            "an address": address,
            "nobody": nobody,
        }
        for case, partner in cases.items():
            with self.subTest(case), self.assertRaises(UserError):
                self.wallet._grant(partner, "uses")

    def test_a_company_that_has_left_gives_no_roles(self):
        self.wallet.participant_ids.date_end = "2026-05-31"
        with (
            self.on("2026-06-01"),
            self.assertRaisesRegex(UserError, "does not belong"),
        ):
            self.wallet._grant(self.anna, "uses")

    def test_a_wallet_that_was_left_gives_no_roles(self):
        self.wallet.action_leave()
        with self.assertRaisesRegex(UserError, "not take part any more"):
            self.wallet._grant(self.anna, "uses")

    def test_contacts_of_a_branch_belong_to_the_wallet(self):
        branch = self._create_customer("Wisła Gdańsk", parent_id=self.customer.id)
        self._enrol(branch)
        ola = self._create_contact("Ola", branch)
        self.wallet._grant(ola, "uses")
        self.assertEqual(self._role(ola), "uses")

    # === ADMINISTRATORS === #

    def test_administrators_are_those_who_are_still_there(self):
        self.wallet._grant(self.anna, "administers")
        self.wallet._grant(self.jan, "uses")
        self.assertEqual(self.wallet._get_administrators(), self.anna)
        self.anna.active = False
        self.assertFalse(self.wallet._get_administrators())

    def test_the_last_administrator_may_go_and_staff_is_told(self):
        self.wallet._grant(self.anna, "administers")
        self.wallet._grant(self.jan, "administers")
        self.wallet._revoke(self.jan)
        self.assertFalse(self._nobody())
        self.wallet._grant(self.anna, "uses", 500)
        activity = self._nobody()
        self.assertEqual(len(activity), 1)
        self.assertEqual(activity.user_id, self.salesperson)
        self.assertIn("Anna Nowak", activity.note)

    def test_a_new_administrator_answers_the_activity(self):
        self.wallet._grant(self.anna, "administers")
        self.wallet._revoke(self.anna)
        self.wallet._grant(self.jan, "administers")
        self.assertFalse(self._nobody())

    def _nobody(self):
        kind = self.env.ref(NOBODY)
        return self.wallet.activity_ids.filtered(lambda a: a.activity_type_id == kind)
