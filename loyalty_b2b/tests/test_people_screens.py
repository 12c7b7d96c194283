from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, tagged

from .people_common import LoyaltyB2bPeopleCommon


@tagged("post_install", "-at_install")
class TestPeopleScreens(LoyaltyB2bPeopleCommon):
    """Staff give roles, take them back, and see who may what."""

    def _open(self, action, user=None):
        """Return the form of a dialog."""
        model = self.env[action["res_model"]].with_user(user or self.salesperson)
        return Form(model.with_context(**action["context"]))

    def _give(self, user, **values):
        wallet = self.wallet.with_user(user)
        form = self._open(wallet.action_give_role(), user)
        for name, value in values.items():
            form[name] = value
        return form.save().action_apply()

    # === DIALOG === #

    def test_the_account_manager_gives_a_role(self):
        self._give(
            self.salesperson,
            partner_id=self.anna,
            role="uses",
            limit_order=500,
            reason=" Buyer ",
        )
        row = self.wallet._get_person(self.anna)
        self.assertEqual((row.role, row.limit_order), ("uses", 500))
        self.assertEqual(row.reason, "Buyer")
        self.assertEqual(row.granted_by_id, self.salesperson.partner_id)

    def test_officers_give_roles_to_customers_of_others(self):
        self._give(self.officer, partner_id=self.anna, role="administers")
        self.assertEqual(self.wallet._get_administrators(), self.anna)

    def test_other_salespeople_are_refused(self):
        with self.assertRaisesRegex(AccessError, "loyalty officer"):
            self._give(self.sales_all, partner_id=self.anna)
        self.wallet.partner_id.user_id = self.sales_all
        with self.assertRaises(AccessError):
            self._give(self.salesperson, partner_id=self.anna)
        self.assertFalse(self._rows(self.anna))

    def test_the_dialog_checks_again(self):
        dialogs = self.env["loyalty.b2b.person.grant"].with_user(self.sales_all)
        dialog = dialogs.create(
            {"wallet_id": self.wallet.id, "partner_id": self.anna.id}
        )
        with self.assertRaises(AccessError):
            dialog.action_apply()

    def test_the_dialog_offers_contacts_of_the_companies(self):
        branch = self._create_customer("Wisła Gdańsk", parent_id=self.customer.id)
        self._enrol(branch)
        dialog = self.env["loyalty.b2b.person.grant"].new({"wallet_id": self.wallet.id})
        self.assertEqual(dialog.company_ids._origin, self.customer | branch)

    def test_a_role_is_changed(self):
        row = self.wallet._grant(self.anna, "uses", 500)
        form = self._open(row.with_user(self.salesperson).action_change())
        self.assertEqual((form.partner_id, form.limit_order), (self.anna, 500))
        self.assertIn("Uses points, at most 500", form.current)
        form.limit_order = 800
        form.save().action_apply()
        self.assertEqual(self.wallet._get_person(self.anna).limit_order, 800)

    def test_a_role_is_taken_back_with_a_reason(self):
        row = self.wallet._grant(self.anna, "uses", 500)
        form = self._open(row.with_user(self.salesperson).action_take_back())
        form.reason = "Other tasks"
        form.save().action_apply()
        self.assertEqual(row.end_reason, "Other tasks")
        self.assertEqual(row.ended_by_name, self.salesperson.name)
        self.assertEqual(self._role(self.anna), "sees")

    def test_a_dialog_without_a_person_is_refused(self):
        dialogs = self.env["loyalty.b2b.person.grant"].with_user(self.salesperson)
        dialog = dialogs.create({"wallet_id": self.wallet.id})
        with self.assertRaisesRegex(UserError, "Choose a person"):
            dialog.action_apply()

    def test_dialogs_of_others_are_not_read(self):
        dialogs = self.env["loyalty.b2b.person.grant"].with_user(self.salesperson)
        dialog = dialogs.create({"wallet_id": self.wallet.id})
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            dialog.with_user(self.officer).read(["reason"])

    def test_a_dialog_says_nothing_of_wallets_one_may_not_see(self):
        self.wallet._grant(self.anna, "uses")
        self.wallet.partner_id.user_id = self.sales_all
        dialogs = self.env["loyalty.b2b.person.grant"].with_user(self.salesperson)
        with self.assertRaises(AccessError):
            dialogs.create({"wallet_id": self.wallet.id, "partner_id": self.anna.id})

    # === WALLET === #

    def test_the_wallet_says_what_colleagues_may_do(self):
        self.assertIn("all contacts of the company see", self.wallet.colleagues_text)
        self.program.colleague_role = "collects"
        self.assertIn("none of them sees", self.wallet.colleagues_text)
        self.wallet._grant(self.anna, "uses")
        self.wallet.invalidate_recordset()
        self.assertIn("All other contacts only collect", self.wallet.colleagues_text)
        self.assertIn("Nobody decides", self.wallet.colleagues_text)
        self.wallet._grant(self.anna, "administers")
        self.wallet.invalidate_recordset()
        self.assertNotIn("Nobody", self.wallet.colleagues_text)

    def test_the_wallet_shows_who_holds_a_role_now(self):
        row = self.wallet._grant(self.anna, "uses")
        self.wallet._revoke(self.wallet._grant(self.jan, "sees").partner_id)
        self.wallet.invalidate_recordset()
        self.assertEqual(self.wallet.person_now_ids, row)
        self.assertEqual(self.wallet.person_count, 1)

    def test_status_limits_and_use_of_a_person(self):
        self._give_points(5000)
        row = self.wallet._grant(self.anna, "uses", 500, 2000)
        order = self._create_order([(self.product, 10, 100.0)])
        self._use_points(order, 300, contact=self.anna)
        self.assertEqual(row.standing, "holds")
        self.assertEqual(row.limits, "500 an order, 2,000 a month")
        self.assertEqual(row.used_month, 300)
        self.assertEqual(self.wallet._grant(self.jan, "uses").limits, "no limit")
        self.assertFalse(self.wallet._grant(self.jan, "sees").limits)
        self.anna.active = False
        row.invalidate_recordset()
        self.assertEqual(row.standing, "left")
        self.wallet._revoke(self.anna)
        self.assertEqual(row.standing, "ended")

    def test_a_list_of_people_costs_the_same_however_long(self):
        self.wallet._grant(self.anna, "uses", 500)
        fields = ["name", "limits", "used_month", "standing", "role"]
        domain = [("wallet_id", "=", self.wallet.id)]
        one = self._count_queries(domain, fields)
        for number in range(10):
            self.wallet._grant(self._create_contact(f"C{number}"), "uses", 500)
        self.assertEqual(self._count_queries(domain, fields), one)

    def _count_queries(self, domain, fields):
        people = self.env["loyalty.b2b.person"].with_user(self.officer)
        costs = []
        for _turn in ("to warm up", "to count"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            people.search_read(domain, fields)
            costs.append(self.env.cr.sql_log_count - before)
        return costs[-1]

    def test_the_programme_says_it_on_the_caption(self):
        self.assertEqual(self.program.caption_colleagues, "colleagues see the points")
        self.program.colleague_role = "collects"
        self.assertIn("only collect", self.program.caption_colleagues)

    # === CONTACT === #

    def test_the_contact_says_the_role(self):
        anna = self.anna.with_user(self.salesperson)
        self.assertEqual(anna.loyalty_b2b_role, "Sees points")
        self.wallet._grant(self.anna, "uses", 500)
        anna.invalidate_recordset()
        self.assertIn("Uses points, at most 500", anna.loyalty_b2b_role)
        self.assertFalse(self.customer.with_user(self.salesperson).loyalty_b2b_role)

    def test_the_contact_says_it_to_those_who_see_the_wallet(self):
        self.wallet.partner_id.user_id = self.sales_all
        self.assertFalse(self.anna.with_user(self.salesperson).loyalty_b2b_role)

    def test_the_contact_form_costs_two_queries_more(self):
        anna = self.anna.with_user(self.salesperson)
        self.wallet._grant(self.anna, "uses", 500)
        names = ["loyalty_b2b_wallet_id", "loyalty_b2b_available"]
        costs = []
        for fields in (names, names, [*names, "loyalty_b2b_role"]):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            anna.read(fields)
            costs.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(costs[2] - costs[1], 2)
