from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged

from .common import LoyaltyB2bCommon

LEDGER = ("loyalty.b2b.entry", "loyalty.b2b.entry.line", "loyalty.b2b.allocation")
OWNED = ("loyalty.b2b.wallet", "loyalty.b2b.participant", *LEDGER)


@tagged("post_install", "-at_install")
class TestRights(LoyaltyB2bCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.admin = new_test_user(
            cls.env,
            "loyalty_admin",
            groups="base.group_system,sales_team.group_sale_manager,"
            "account.group_account_manager,loyalty_b2b.group_loyalty_b2b_admin",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.auditor = new_test_user(
            cls.env,
            "loyalty_auditor",
            groups="account.group_account_readonly",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.stranger = new_test_user(cls.env, "loyalty_none", groups="base.group_user")
        cls.foreign_customer = cls._create_customer(
            "Cudzy klient", "7010023456", user_id=cls.officer.id
        )
        cls.foreign_wallet = cls._enrol(cls.foreign_customer)
        for wallet in (cls.wallet, cls.foreign_wallet):
            cls._give_points(100, wallet)
            hold = wallet._hold(10, f"hold:{wallet.id}")
            wallet._consume(hold)
        cls._create_invoice_of([10.0])
        cls._create_invoice_of([10.0], partner=cls.foreign_customer)

    def _rpc(self, user, model, method, *args, **kwargs):
        """Call as the web client does: private methods are refused."""
        return call_kw(self.env(user=user)[model], method, args, kwargs)

    def _everybody(self):
        return (self.admin, self.officer, self.salesperson, self.auditor, self.stranger)

    def test_17_nobody_creates_writes_or_deletes_ledger_rows_by_rpc(self):
        for model in LEDGER:
            record = self.env[model].sudo().search([], limit=1)
            self.assertTrue(record)
            values = {"points": 1}
            for user in self._everybody():
                with self.subTest(model=model, user=user.login):
                    for method, args in (
                        ("create", [[values]]),
                        ("write", [record.ids, values]),
                        ("web_save", [record.ids, values, {}]),
                        ("unlink", [record.ids]),
                        ("copy", [record.ids]),
                    ):
                        with self.assertRaises(AccessError):
                            self._rpc(user, model, method, *args)

    def test_17_counters_of_caps_belong_to_the_wallet(self):
        model = "loyalty.b2b.counter"
        capped = {"name": "Capped", "cap_points": 5}
        self.program.rule_ids = [Command.create(capped)]
        self._create_invoice_of([10.0])
        counter = self.env[model].sudo().search([])
        self.assertEqual(counter.points, 5)
        for user in self._everybody():
            with self.subTest(user=user.login):
                for method, args in (
                    ("create", [[{"points": 1}]]),
                    ("write", [counter.ids, {"points": 1}]),
                    ("unlink", [counter.ids]),
                ):
                    with self.assertRaises(AccessError):
                        self._rpc(user, model, method, *args)
        with self.assertRaises(AccessError):
            self.env[model].with_user(self.salesperson).search([])
        self.assertEqual(self.env[model].with_user(self.auditor).search([]), counter)
        foreign = self._create_foreign_administrator()
        self.assertFalse(self.env[model].with_user(foreign).search([]))

    def _create_foreign_administrator(self):
        other = self.setup_other_company()["company"]
        return new_test_user(
            self.env,
            "loyalty_other",
            groups="sales_team.group_sale_manager,loyalty_b2b.group_loyalty_b2b_admin",
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

    def test_17_an_import_is_refused(self):
        for model in LEDGER:
            result = self._rpc(self.admin, model, "load", ["points"], [["5"]])
            self.assertFalse(result["ids"])
            self.assertTrue(result["messages"])

    def test_17_the_door_cannot_be_opened_by_a_context(self):
        entry = self.wallet.entry_ids[0].sudo()
        for token in (True, "loyalty_door", {}, 1):
            with self.assertRaises(AccessError):
                entry.with_context(loyalty_door=token).write({"points": 1})

    def test_17_every_verb_of_the_wallet_is_private(self):
        wallet_class = type(self.env["loyalty.b2b.wallet"])
        verbs = [
            name
            for base in wallet_class.__mro__
            if base.__module__.endswith(
                ("wallet_ledger", "wallet_acts", "wallet_earning", "wallet_jobs")
            )
            for name, member in vars(base).items()
            if callable(member) or isinstance(member, (staticmethod, classmethod))
        ]
        self.assertGreater(len(verbs), 30)
        self.assertFalse([name for name in verbs if not name.startswith("_")])
        for verb in ("_book", "_take", "_adjust", "_open_balance", "_insert_rows"):
            with self.assertRaises(AccessError):
                self._rpc(self.admin, "loyalty.b2b.wallet", verb, self.wallet.ids)

    def test_own_documents_only_means_own_customers_only(self):
        for model in OWNED:
            records = self.env[model].with_user(self.salesperson).search([])
            wallets = records if model.endswith("wallet") else self._wallets(records)
            self.assertEqual(wallets, self.wallet.with_user(self.salesperson), model)
            foreign = self.env[model].sudo().search([]) - records.sudo()
            self.assertTrue(foreign, model)
            with self.assertRaises(AccessError):
                foreign.with_user(self.salesperson).read(["display_name"])

    def _wallets(self, records):
        for path in ("wallet_id", "entry_id.wallet_id"):
            if path.split(".")[0] in records._fields:
                return records.mapped(path)
        return records.wallet_id

    def test_auditor_and_all_documents_see_every_wallet(self):
        both = self.wallet | self.foreign_wallet
        for user in (self.auditor, self.sales_all, self.officer, self.admin):
            found = self.env["loyalty.b2b.wallet"].with_user(user).search([])
            self.assertEqual(found.sudo(), both, user.login)

    def test_a_user_without_the_group_sees_nothing(self):
        for model in OWNED:
            with self.assertRaises(AccessError):
                self.env[model].with_user(self.stranger).search([])

    def test_another_company_sees_nothing(self):
        user = self._create_foreign_administrator()
        for model in (*OWNED, "loyalty.b2b.program", "loyalty.b2b.rule"):
            self.assertFalse(self.env[model].with_user(user).search([]), model)

    def test_auditor_changes_nothing(self):
        for record, values in (
            (self.program, {"name": "X"}),
            (self.wallet, {"state": "suspended"}),
            (self.program.rule_ids, {"name": "X"}),
        ):
            with self.assertRaises(AccessError):
                record.with_user(self.auditor).write(values)

    def test_a_rule_that_has_earned_is_changed_by_a_new_version_only(self):
        rule = self.program.rule_ids
        with self.assertRaisesRegex(UserError, "New version"):
            rule.points = 2
        with self.assertRaisesRegex(UserError, "Archive"):
            rule.unlink()
        version = rule._create_version(self._day("2099-01-01"), points=2)
        self.assertEqual(version.version, 2)
        self.assertEqual(rule.date_end, self._day("2098-12-31"))
