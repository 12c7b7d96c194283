from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .tier_common import LoyaltyB2bTierCommon

COLUMNS = (
    "available",
    "expiring_soon",
    "next_expiry_date",
    "level_percent",
    "level_missing",
    "last_purchase_date",
    "approval_count",
    "next_step",
    "next_step_button",
)
SORTED = COLUMNS[:4] + COLUMNS[5:7]


@tagged("post_install", "-at_install")
class TestDesk(LoyaltyB2bTierCommon):
    """*My customers*: what it shows, finds and sorts, and to whom."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.quiet = cls._enrol(cls._create_customer("Quiet"))
        cls.foreign_customer = cls._create_customer("Cudzy", user_id=cls.officer.id)
        cls.foreign = cls._enrol(cls.foreign_customer)
        cls.everybody = cls.wallet | cls.quiet | cls.foreign

    def _find(self, *domain, user=None, order=None):
        wallets = self.env["loyalty.b2b.wallet"].with_user(user or self.officer)
        self.env.invalidate_all()
        return wallets.search([("id", "in", self.everybody.ids), *domain], order=order)

    # === WHAT IT SHOWS AND FINDS === #

    def test_points_that_expire_within_30_days_are_found_and_sorted(self):
        with self.on("2026-05-01"):
            self._give_points(100, date_expiry="2026-05-31")
            self._give_points(50, date_expiry="2026-05-01")
            self._give_points(900, date_expiry="2026-06-01")
            self._give_points(700, self.foreign, date_expiry="2026-05-20")
            self.assertEqual(self.wallet.expiring_soon, 150)
            self.assertEqual(str(self.wallet.next_expiry_date), "2026-05-01")
            self.assertFalse(self.quiet.expiring_soon)
            self.assertEqual(
                self._find(("expiring_soon", ">", 0)), self.wallet | self.foreign
            )
            self.assertEqual(self._find(("expiring_soon", "=", 0)), self.quiet)
            found = self._find(order="expiring_soon desc")
            self.assertEqual(found, self.foreign | self.wallet | self.quiet)
            self.assertEqual(
                self._find(("next_expiry_date", "<=", "2026-05-01")), self.wallet
            )
            self.assertEqual(self._find(("next_expiry_date", "=", False)), self.quiet)

    def test_last_invoice_tells_who_is_silent(self):
        branch = self._create_customer("Branch")
        self._create_invoice_of([10.0], invoice_date="2026-01-10")
        self._create_invoice_of([10.0], invoice_date="2026-02-10", post=False)
        refund = self._create_invoice_of([10.0], branch, invoice_date="2026-01-20")
        self._credit(refund, invoice_date="2026-03-20")
        self.program._join(branch, self.wallet, "Branch")
        self.assertEqual(str(self.wallet.last_purchase_date), "2026-01-20")
        self.assertFalse(self.quiet.last_purchase_date)
        self.assertEqual(
            self._find(("last_purchase_date", "<", "2026-01-21")), self.wallet
        )
        self.assertFalse(self._find(("last_purchase_date", "<", "2026-01-20")))
        silent = self._find(("last_purchase_date", "=", False))
        self.assertEqual(silent, self.quiet | self.foreign)

    def test_who_is_near_a_level_is_found(self):
        self._create_invoice_of([9000.0])
        self._create_invoice_of([2500.0], self.quiet.partner_id)
        self.assertEqual(self.wallet.level_percent, 90)
        self.assertIn("to Silver", self.wallet.level_missing)
        self.assertEqual(self._find(("level_percent", ">=", 80)), self.wallet)
        found = self._find(order="level_percent desc")
        self.assertEqual(found[:2], self.wallet | self.quiet)

    def test_percent_in_sql_is_the_one_that_is_shown(self):
        self._create_invoice_of([9999.99])
        self._create_invoice_of([30000.0], self.quiet.partner_id)
        self._put_on(self.silver, self.quiet)
        self._put_on(self.platinum, self.foreign)
        for wallet in self.everybody:
            with self.subTest(wallet=wallet.partner_id.name):
                shown = wallet.level_percent
                self.assertIn(wallet, self._find(("level_percent", "=", shown)))
        self.assertEqual(self.wallet.level_percent, 99)
        self.assertEqual(self.quiet.level_percent, 60)
        self.assertFalse(self.foreign.level_missing)

    def test_wishes_that_wait_for_an_answer_are_found(self):
        self._create_wish()
        self.assertEqual(self.wallet.approval_count, 1)
        self.assertEqual(self._find(("approval_count", ">", 0)), self.wallet)

    def test_filters_of_the_screen_are_valid(self):
        arch = self.env.ref("loyalty_b2b.loyalty_b2b_desk_view_search").arch
        self.assertIn("silent_90", arch)
        wallets = self.env["loyalty.b2b.wallet"].with_user(self.salesperson)
        for name in SORTED:
            with self.subTest(field=name):
                self.assertTrue(wallets.fields_get([name])[name]["sortable"])
                self.assertTrue(wallets.fields_get([name])[name]["searchable"])

    # === WHO SEES WHAT === #

    def test_nobody_learns_of_others_customers(self):
        """Neither by searching, sorting, counting nor grouping by the new columns."""
        self._give_points(700, self.foreign, date_expiry="2099-05-20")
        self._create_invoice_of([9000.0], self.foreign_customer)
        wallets = self.env["loyalty.b2b.wallet"].with_user(self.salesperson)
        own = self.wallet | self.quiet
        for name in SORTED:
            with self.subTest(field=name):
                self.assertEqual(wallets.search([], order=f"{name} desc"), own)
                for value in (False, 700, 90):
                    if "date" in name and value:
                        value = "2000-01-01"
                    found = wallets.search([(name, "!=", value)])
                    self.assertLessEqual(found, own)
        for spec in (("program_id", "expiring_soon:sum"), ("state", "available:sum")):
            groups = wallets.formatted_read_group([], [spec[0]], [spec[1], "__count"])
            self.assertEqual(sum(group["__count"] for group in groups), 2)
            self.assertFalse(any(group[spec[1]] for group in groups))
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.salesperson).read(["next_step"])
        with self.assertRaises(AccessError):
            self.foreign.with_user(self.salesperson).action_next_step()

    def test_auditor_reads_it_and_others_do_not(self):
        auditor = self._create_user("desk_auditor", "account.group_account_readonly")
        self.assertEqual(self._find(user=auditor), self.everybody)
        self.everybody.with_user(auditor).read(COLUMNS)
        stranger = self._create_user("desk_stranger", "base.group_user")
        with self.assertRaises(AccessError):
            self._find(user=stranger)
        portal = self._create_user("desk_portal", "base.group_portal")
        with self.assertRaises(AccessError):
            self._find(user=portal)
        with self.assertRaises(AccessError):
            self.wallet.with_user(portal).action_next_step()

    # === COSTS === #

    def test_a_page_costs_the_same_for_few_and_many(self):
        self._count_page(3)
        few = self._count_page(3)
        for number in range(12):
            wallet = self._enrol(self._create_customer(f"Customer {number}"))
            self._give_points(10 + number, wallet)
            self._create_invoice_of([100.0], wallet.partner_id)
        many = self._count_page(15)
        self.assertEqual(few, many)
        self.assertLessEqual(many, 16)

    def _count_page(self, number):
        wallets = self.env["loyalty.b2b.wallet"].with_user(self.officer)
        specification = {name: {} for name in COLUMNS}
        specification["partner_id"] = {"fields": {"display_name": {}}}
        specification["tier_id"] = {"fields": {"display_name": {}}}
        for _turn in ("warm up", "measure"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            page = wallets.web_search_read(
                [("expiring_soon", ">=", 0)],
                specification,
                limit=80,
                order="expiring_soon desc, partner_id, id",
            )
        self.assertEqual(page["length"], number)
        return self.cr.sql_log_count - before

    # === HELPERS === #

    def _create_user(self, login, groups):
        return new_test_user(
            self.env,
            login,
            groups=groups,
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )

    def _create_wish(self, points=100, **values):
        """Create a wish that waits for an answer, as the verbs leave it."""
        return (
            self.env["loyalty.b2b.redemption"]
            .sudo()
            .create(
                {
                    "wallet_id": self.wallet.id,
                    "partner_id": self.customer.id,
                    "points": points,
                    "currency_id": self.currency.id,
                    "state": "approve",
                    **values,
                }
            )
        )
