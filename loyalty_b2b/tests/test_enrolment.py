from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestEnrolment(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.branch = cls._create_customer("Oddział Toruń", parent_id=cls.customer.id)
        cls.stranger = cls._create_customer("Budmax", "7010202000")
        cls.admin = new_test_user(
            cls.env,
            "loyalty_admin",
            groups="sales_team.group_sale_salesman_all_leads,"
            "loyalty_b2b.group_loyalty_b2b_admin",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _ask(self, user, partners, **values):
        return (
            self.env["loyalty.b2b.enrol"]
            .with_user(user)
            .create(
                {
                    "program_id": self.program.id,
                    "partner_ids": [Command.set(partners.ids)],
                    **values,
                }
            )
        )

    def _apply(self, user, act, partner, reason="Capital group"):
        return (
            self.env["loyalty.b2b.participation"]
            .with_user(user)
            .create(
                {
                    "act": act,
                    "wallet_id": self.wallet.id,
                    "partner_id": partner.id,
                    "reason": reason,
                }
            )
            .action_apply()
        )

    # === WHOSE WALLET === #

    def test_branch_without_tax_id_joins_the_company_above(self):
        self.assertEqual(self._enrol(self.branch), self.wallet)
        participant = self.wallet.participant_ids.filtered(
            lambda p: p.partner_id == self.branch
        )
        self.assertIn(self.customer.name, participant.reason)

    def test_branch_with_its_own_tax_id_has_a_wallet_of_its_own(self):
        self.branch.vat = "1132191233"
        self.assertNotEqual(self._enrol(self.branch), self.wallet)

    def test_branch_opens_the_wallet_of_a_company_that_has_none(self):
        company = self._create_customer("Nowa")
        branch = self._create_customer("Nowa, filia", parent_id=company.id)
        wallet = self._enrol(branch)
        self.assertEqual(wallet.partner_id, company)
        self.assertEqual(wallet.participant_ids.partner_id, company | branch)

    def test_contact_takes_part_through_its_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Piotr", "parent_id": self.customer.id}
        )
        self.assertEqual(self._enrol(contact), self.wallet)

    def test_spellings_of_one_tax_id_share_a_wallet(self):
        for number, vat in enumerate(
            ("526-000-12-46", "PL5260001246", "pl 526 000 12 46", "PL 526-000-12-46")
        ):
            with self.subTest(vat=vat):
                twin = self._create_customer(f"Twin {number}")
                # core checks the format of what is typed in, not of what is imported
                twin.with_context(no_vat_validation=True).vat = vat
                self.assertEqual(self._enrol(twin), self.wallet)

    def test_same_number_of_another_country_is_another_company(self):
        twin = self._create_customer("Twin", country_id=self.env.ref("base.de").id)
        twin.with_context(no_vat_validation=True).vat = "DE5260001246"
        self.assertNotEqual(self._enrol(twin), self.wallet)

    def test_slash_is_no_tax_id(self):
        one, two = (self._create_customer(name, "/") for name in ("One", "Two"))
        self.assertNotEqual(self._enrol(one), self._enrol(two))

    def test_enrolling_again_changes_nothing(self):
        before = self.wallet.participant_ids
        self.assertEqual(self._enrol(self.customer), self.wallet)
        self.assertEqual(self.wallet.participant_ids, before)
        self.assertEqual(self.wallet.search_count([]), 1)

    def test_individuals_take_part_only_where_allowed(self):
        person = self._create_customer("Ewa", is_company=False)
        self.assertFalse(self.program._enrol(person))
        self.program.individuals_allowed = True
        self.assertTrue(self.program._enrol(person))

    def test_control_group_is_a_share_of_the_new_wallets(self):
        partners = self.env["res.partner"]
        for number in range(10):
            partners |= self._create_customer(f"Customer {number}")
        wallets = self.program._enrol(partners | self.customer, control_percent=30)
        control = [wallet for wallet in wallets.values() if wallet.is_control]
        self.assertEqual(len(control), 3)
        self.assertFalse(self.wallet.is_control)

    # === THE DIALOG === #

    def test_dialog_says_what_enrolment_then_does(self):
        twin = self._create_customer("Twin", "526-000-12-46")
        first = self._create_customer("First", "1132191233")
        second = self._create_customer("Second", "113-219-12-33")
        person = self._create_customer("Ewa", is_company=False)
        asked = (
            self.customer | self.branch | twin | first | second | person | self.stranger
        )
        wizard = self._ask(self.officer, asked)
        said = {line.partner_id: line.outcome for line in wizard.line_ids}
        self.assertEqual(
            said,
            {
                self.customer: "same",
                self.branch: "join",
                twin: "join",
                first: "new",
                second: "join",
                person: "refused",
                self.stranger: "new",
            },
        )
        known = self.wallet.search([])
        wizard.action_enrol()
        opened = self.wallet.search([]) - known
        new = [partner for partner, outcome in said.items() if outcome == "new"]
        self.assertEqual(opened.partner_id, self.env["res.partner"].union(*new))

    def test_plan_writes_nothing(self):
        before = self.wallet.search_count([])
        plan = self.program._get_enrol_plan(self.stranger | self.branch)
        self.assertEqual(len(plan), 2)
        self.assertEqual(self.wallet.search_count([]), before)

    def test_dialog_opens_from_the_list_of_customers(self):
        dialog = self.env["loyalty.b2b.enrol"].with_user(self.officer)
        context = {"active_model": "res.partner", "active_ids": self.stranger.ids}
        with Form(dialog.with_context(**context)) as form:
            self.assertEqual(form.program_id, self.program)
            self.assertTrue(form.summary.startswith("1 new"))
        self.assertEqual(form.record.line_ids.partner_id, self.stranger)

    def test_invited_wallets_cannot_use_points(self):
        self._ask(self.officer, self.stranger, state="invited").action_enrol()
        wallet = self.program._find_participant(self.stranger).wallet_id
        self.assertEqual(wallet.state, "invited")
        self.assertTrue(wallet._get_use_refusal())

    def test_salesperson_may_not_enrol(self):
        with self.assertRaises(AccessError):
            self._ask(self.salesperson, self.stranger)

    # === INVITATION === #

    def test_salesperson_invites_own_customer(self):
        self.stranger.with_user(self.salesperson).action_loyalty_b2b_invite()
        wallet = self.program._find_participant(self.stranger).wallet_id
        self.assertEqual(wallet.state, "invited")
        self.assertIn(self.salesperson.name, wallet.message_ids[0].body)

    def test_salesperson_may_not_invite_the_customer_of_a_colleague(self):
        self.stranger.user_id = self.sales_all
        with self.assertRaises(AccessError):
            self.stranger.with_user(self.salesperson).action_loyalty_b2b_invite()
        self.stranger.with_user(self.sales_all).action_loyalty_b2b_invite()

    def test_invitation_needs_a_programme(self):
        self.program.action_pause()
        with self.assertRaisesRegex(UserError, "No loyalty programme"):
            self.stranger.with_user(self.salesperson).action_loyalty_b2b_invite()

    def test_invitation_of_a_participant_opens_the_wallet(self):
        action = self.customer.with_user(self.salesperson).action_loyalty_b2b_invite()
        self.assertEqual(action["res_id"], self.wallet.id)
        self.assertEqual(self.wallet.state, "active")

    # === SHARED AND KEPT APART === #

    def test_administrator_lets_another_tax_id_share_the_wallet(self):
        self._apply(self.admin, "join", self.stranger)
        participant = self.program._find_participant(self.stranger)
        self.assertEqual(participant.wallet_id, self.wallet)
        self.assertEqual(participant.reason, "Capital group")

    def test_company_with_a_wallet_cannot_join_another(self):
        self._enrol(self.stranger)
        with self.assertRaisesRegex(UserError, "already takes part"):
            self._apply(self.admin, "join", self.stranger)

    def test_administrator_keeps_a_branch_apart(self):
        self._enrol(self.branch)
        self._apply(self.admin, "apart", self.branch, "Own budget")
        wallet = self.program._find_participant(self.branch).wallet_id
        self.assertEqual(wallet.partner_id, self.branch)
        self.assertEqual(self.wallet.participant_ids.partner_id, self.customer)

    def test_company_that_opened_the_wallet_keeps_it(self):
        with self.assertRaisesRegex(UserError, "opened this wallet"):
            self._apply(self.admin, "apart", self.customer)

    def test_reason_is_asked_for(self):
        for act in ("join", "apart"):
            with self.subTest(act=act), self.assertRaisesRegex(UserError, "why"):
                self._apply(self.admin, act, self.stranger, " ")

    def test_officer_may_not_share_or_part_wallets(self):
        with self.assertRaises(AccessError):
            self._apply(self.officer, "join", self.stranger)
        participant = self.wallet.participant_ids.with_user(self.officer)
        with self.assertRaises(AccessError):
            participant.write({"reason": "Mine"})

    def test_many_at_once_are_enrolled_as_one_by_one(self):
        """Companies of their own together; branches and shared tax ids share."""
        vats = ("PL1234567883", "1234567883", "PL7010023456", False, False)
        owners = self._create_customer("A", vats[0])
        for number, vat in enumerate(vats[1:]):
            owners |= self._create_customer(f"B{number}", vat)
        branch = self._create_customer("Branch", parent_id=owners[2].id)
        everybody = owners | branch | self.customer
        plan = self.program._get_enrol_plan(everybody)
        wallets = self.program._enrol(everybody)
        self.assertEqual(len(wallets), 7)
        self.assertEqual(wallets[owners[0]], wallets[owners[1]])
        self.assertEqual(wallets[branch], wallets[owners[2]])
        self.assertEqual(wallets[self.customer], self.wallet)
        new = [owner for owner, outcome, _text in plan if outcome == "new"]
        self.assertEqual({wallets[owner].partner_id for owner in new}, set(new))
        self.assertEqual(len(set(wallets.values())), 5)
        self.assertEqual(self.program._enrol(everybody), wallets)
