from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import LoyaltyB2bCommon

VAT = "5260001246"


@tagged("post_install", "-at_install")
class TestDuplicates(LoyaltyB2bCommon):
    """Companies whose tax id says that they belong to the wallet of another one."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = cls._create_user("admin", "loyalty_b2b.group_loyalty_b2b_admin")
        cls.auditor = cls._create_user("audit", "account.group_account_readonly")

    @classmethod
    def _create_user(cls, name, groups):
        return new_test_user(
            cls.env,
            f"duplicates_{name}",
            groups=f"base.group_user,sales_team.group_sale_salesman_all_leads,{groups}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _find(self, partner=None, user=None):
        """Return the rows of our programme, or those of a company."""
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env["loyalty.b2b.duplicate"].with_user(user or self.officer)
        domain = [("program_id", "=", self.program.id)]
        if partner:
            domain.append(("partner_id", "=", partner.id))
        return rows.search(domain)

    def _create_twin(self, wallet=True):
        """Return a company that got the tax id of the customer after it joined."""
        twin = self._create_customer("Wisła Bis", "7010202000")
        if wallet:
            self._enrol(twin)
        twin.vat = f"PL {VAT}"
        return twin

    def _get_wallet(self, partner):
        return partner.loyalty_b2b_participant_ids.wallet_id

    # === WHAT IS LISTED === #

    def test_nothing_is_listed_where_each_tax_id_has_one_wallet(self):
        self._enrol(self._create_customer("Budmax", "7010202000"))
        self._enrol(self._create_customer("Wisła Sklep", VAT))
        self.assertFalse(self._find())

    def test_two_wallets_of_one_tax_id(self):
        twin = self._create_twin()
        row = self._find()
        self.assertEqual(row.partner_id, twin)
        self.assertEqual(row.kind, "wallets")
        self.assertEqual(row.wallet_id, self._get_wallet(twin))
        self.assertEqual(row.other_wallet_id, self.wallet)
        self.assertEqual(row.tax_id, f"PL:{VAT}")
        self.assertIn("merge them", row.advice)
        self.assertIn(self.customer.name, row.advice)

    def test_a_company_outside_of_the_wallet_of_its_tax_id(self):
        twin = self._create_twin(wallet=False)
        row = self._find()
        self.assertEqual((row.partner_id, row.kind), (twin, "outside"))
        self.assertFalse(row.wallet_id)
        self.assertIn("earns nothing", row.advice)

    def test_a_branch_without_a_tax_id(self):
        branch = self._create_customer("Oddział", parent_id=self.customer.id)
        row = self._find(branch)
        self.assertEqual((row.kind, row.other_wallet_id), ("branch", self.wallet))
        self.assertFalse(row.tax_id)
        self._enrol(branch)
        self.assertFalse(self._find(branch))

    def test_who_belongs_nowhere_is_not_listed(self):
        self._create_twin(wallet=False).active = False
        self._create_customer("Obcy", "7010202001")
        self._create_customer("Bez numeru")
        self._create_customer("Kreska", "/")
        other = self.env["res.company"].create({"name": "Another seller"})
        self._create_customer("Cudzy", VAT, company_id=other.id)
        self.env["res.partner"].create(
            {"name": "Anna", "parent_id": self.customer.id, "vat": VAT}
        )
        self.assertFalse(self._find())

    def test_who_was_kept_apart_with_a_reason_is_not_listed(self):
        twin = self._create_twin(wallet=False)
        self.program._keep_apart(twin, "Own budget")
        self.assertFalse(self._find())

    def test_programmes_that_are_not_running_are_left_out(self):
        self._create_twin()
        self.program.sudo().state = "closed"
        self.assertFalse(self._find())

    def test_sql_and_python_agree_on_tax_ids(self):
        country = self.env.ref("base.de")
        vats = (
            *("PL 526-000-12-46", "pl5260001246", "5260001246", " 526.000.12.46 "),
            *("/", "", "PL", "PL1", "PL123", "12", "123", "DE 811 569 869", "ABCDE"),
            *("żółw 123", "A1B2C3", "PLPL123", "ß99", "EL094259216", "X/1234567"),
        )
        partners = self.env["res.partner"]
        for vat in vats:
            values = {"name": vat or "-", "is_company": True}
            for place in (False, country.id):
                partner = partners.create({**values, "country_id": place})
                self.env.flush_all()
                self.env.cr.execute(
                    "UPDATE res_partner SET vat = %s WHERE id = %s", [vat, partner.id]
                )
                partners |= partner
        partners.invalidate_recordset()
        column = self.env["loyalty.b2b.duplicate"]._get_tax_id_sql()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT c.id, %s FROM (
                    SELECT p.id, country.code AS country,
                           REGEXP_REPLACE(UPPER(p.vat), '[^0-9A-Z]', '', 'g') AS vat
                      FROM res_partner p
                      LEFT JOIN res_country country ON country.id = p.country_id
                     WHERE p.id = ANY(%s)) c,
                    (SELECT %s::varchar AS country) p
                """,
                column,
                partners.ids,
                self.company.country_code,
            )
        )
        expected = {
            partner.id: partner.with_company(self.company)._get_loyalty_b2b_tax_id()
            for partner in partners
        }
        self.assertEqual(len(rows), len(vats) * 2)
        self.assertEqual(dict(rows), expected)

    def test_the_list_takes_the_same_queries_for_one_row_and_for_many(self):
        self._create_twin()
        spec = {
            name: {"fields": {"display_name": {}}}
            if name in ("partner_id", "other_wallet_id")
            else {}
            for name in ("tax_id", "kind", "advice", "partner_id", "other_wallet_id")
        }
        rows = self.env["loyalty.b2b.duplicate"].with_user(self.officer)

        def count():
            self.env.flush_all()
            self.env.invalidate_all()
            start = self.env.cr.sql_log_count
            found = rows.web_search_read([], spec)
            return found["length"], self.env.cr.sql_log_count - start

        count()
        few, queries = count()
        for number in range(40):
            self._create_customer(f"Twin {number}", VAT)
        many, more = count()
        self.assertEqual((few, many), (1, 41))
        self.assertEqual(more, queries)

    # === WHAT CAN BE DONE === #

    def _open(self, action, user=None):
        dialogs = self.env[action["res_model"]].with_user(user or self.admin)
        return dialogs.with_context(**action["context"])

    def test_share_the_wallet(self):
        twin = self._create_twin(wallet=False)
        dialog = self._open(self._find().action_join()).create({})
        self.assertIn("Same tax id", dialog.reason)
        dialog.action_apply()
        self.assertEqual(self._get_wallet(twin), self.wallet)
        self.assertFalse(self._find())

    def test_merge_two_wallets(self):
        twin = self._create_twin()
        other = self._get_wallet(twin)
        self._give_points(70, other, date_expiry="2099-05-01")
        dialog = self._open(self._find().action_merge()).create({})
        self.assertIn("cannot be undone", dialog.plan)
        dialog.action_merge()
        self.assertEqual(other.merged_into_id, self.wallet)
        self.assertWallet(available=70)
        self.assertIn("merged into", self.wallet.message_ids[0].body)
        self.assertFalse(self._find())
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def test_keep_the_other_one_of_two_wallets(self):
        other = self._get_wallet(self._create_twin())
        dialog = self._open(self._find().action_merge()).create({})
        dialog.action_swap()
        dialog.action_merge()
        self.assertEqual(self.wallet.merged_into_id, other)
        self.assertFalse(self._find())

    def test_leave_as_it_is_until_the_tax_id_changes(self):
        twin = self._create_twin()
        action = self._find().action_apart()
        with self.assertRaises(UserError):
            self._open(action).create({"reason": " "}).action_apply()
        self._open(action).create({"reason": "VAT group"}).action_apply()
        self.assertFalse(self._find())
        kept = self.env["loyalty.b2b.apart"].search([("partner_id", "=", twin.id)])
        self.assertEqual((kept.reason, kept.user_id), ("VAT group", self.admin))
        third = self._create_customer("Trzecia", "5213003700")
        self._enrol(third)
        twin.vat = "5213003700"
        self.assertEqual(self._find().kind, "wallets")

    # === RIGHTS === #

    def test_officers_and_auditors_read_and_administrators_decide(self):
        self._create_twin()
        row = self._find()
        self.assertTrue(self._find(user=self.auditor))
        for user in (self.salesperson, self.sales_all):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self._find(user=user)
        for action in (row.action_join(), row.action_merge(), row.action_apart()):
            for user in (self.sales_all, self.officer):
                model = action["res_model"]
                with self.subTest(model=model, user=user.login):
                    with self.assertRaises(AccessError):
                        self._open(action, user).create({})

    def test_a_dialog_of_an_administrator_decides_nothing_for_an_officer(self):
        self._create_twin()
        row = self._find()
        for action, step in (
            (row.action_merge(), "action_merge"),
            (row.action_apart(), "action_apply"),
        ):
            dialog = self._open(action).create({})
            with self.subTest(step=step), self.assertRaises(AccessError):
                getattr(dialog.with_user(self.officer), step)()
        self.assertFalse(self.wallet.merged_into_id)
