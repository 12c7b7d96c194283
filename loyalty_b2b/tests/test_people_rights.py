from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method
from odoo.tests import new_test_user, tagged

from .people_common import LoyaltyB2bPeopleCommon


@tagged("post_install", "-at_install")
class TestPeopleRights(LoyaltyB2bPeopleCommon):
    """Who reads the persons of customers; nobody writes them but the wallet."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.row = cls.wallet._grant(cls.anna, "uses", 500)
        other = cls._create_customer(
            "Skład Odra", "5213017228", user_id=cls.sales_all.id
        )
        cls.other_wallet = cls._enrol(other)
        cls.other_row = cls.other_wallet._grant(
            cls._create_contact("Ola", other), "administers"
        )
        cls.rows = cls.row | cls.other_row
        cls.auditor = cls._create_user("auditor", "account.group_account_readonly")
        cls.outsider = cls._create_user("outsider", "base.group_user")
        cls.portal = cls._create_user("portal", "base.group_portal")
        cls.portal.partner_id.parent_id = cls.customer

    @classmethod
    def _create_user(cls, name, groups):
        return new_test_user(
            cls.env,
            f"people_{name}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    def _seen_by(self, user):
        people = self.env["loyalty.b2b.person"].with_user(user)
        return people.search([("id", "in", self.rows.ids)]).sudo()

    # === READ === #

    def test_who_reads_which_persons(self):
        for user, expected in (
            (self.salesperson, self.row),
            (self.sales_all, self.rows),
            (self.officer, self.rows),
            (self.auditor, self.rows),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._seen_by(user), expected)

    def test_outsiders_and_customers_read_nothing(self):
        public = self.env.ref("base.public_user")
        for user in (self.outsider, self.portal, public):
            with self.subTest(user=user.id), self.assertRaises(AccessError):
                self._seen_by(user)

    def test_a_salesperson_does_not_read_customers_of_others(self):
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            self.other_row.with_user(self.salesperson).read(["name"])

    def test_persons_of_other_companies_stay_hidden(self):
        other = self.env["res.company"].create({"name": "Another seller"})
        self.officer.write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id}
        )
        self.assertFalse(self._seen_by(self.officer))

    # === WRITE === #

    def test_nobody_writes_persons(self):
        admin = self.env.user
        values = {
            "wallet_id": self.wallet.id,
            "partner_id": self.jan.id,
            "name": "Jan",
            "role": "administers",
            "date_start": "2026-01-01",
        }
        people = self.env["loyalty.b2b.person"]
        for user in (self.salesperson, self.officer, self.auditor, admin):
            row = self.row.with_user(user)
            for name, call in {
                "create": lambda row=row: row.create(values),
                "write": lambda row=row: row.write({"role": "administers"}),
                "unlink": row.unlink,
                "copy": row.copy,
            }.items():
                with self.subTest(user=user.login, method=name):
                    with self.assertRaises(AccessError):
                        call()
            with self.subTest(user=user.login, method="load"):
                result = people.with_user(user).load(
                    ["wallet_id/.id", "name", "role", "date_start"],
                    [[str(self.wallet.id), "Jan", "administers", "2026-01-01"]],
                )
                self.assertFalse(result["ids"])
        self.assertEqual(self.row.role, "uses")
        self.assertFalse(self._rows(self.jan))

    def test_nobody_writes_persons_through_the_wallet(self):
        for name in ("person_ids", "person_now_ids"):
            for command in (
                Command.update(self.row.id, {"role": "administers"}),
                Command.delete(self.row.id),
            ):
                with self.subTest(name, command=command):
                    with self.assertRaises(AccessError):
                        self.wallet.with_user(self.officer).write({name: [command]})
        self.assertEqual(self.row.role, "uses")

    def test_defaults_of_the_context_fill_nothing(self):
        wallet = self.wallet.with_user(self.salesperson).with_context(
            default_date_end="2026-01-01",
            default_ended_by_name="X",
            default_end_reason="X",
            default_limit_month=7,
        )
        row = wallet._grant(self.jan, "uses", 100)
        self.assertFalse(row.date_end or row.ended_by_name or row.end_reason)
        self.assertEqual(row.limit_month, 0)

    def test_verbs_are_private(self):
        for name in ("_grant", "_revoke", "_end_people_left"):
            with self.subTest(name), self.assertRaises(AccessError):
                get_public_method(self.wallet, name)
