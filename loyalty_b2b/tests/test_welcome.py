from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .common import LoyaltyB2bCommon


class WelcomeCommon(LoyaltyB2bCommon):
    """A programme that gives 500 points for joining."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.program.write({"welcome_points": 500, "welcome_months": 3})

    def _find_welcome(self, wallets=None):
        domain = [("origin", "=", "welcome")]
        if wallets is not None:
            domain.append(("wallet_id", "in", wallets.ids))
        return self.env["loyalty.b2b.entry"].search(domain)

    def assertVerified(self, wallet):
        wallet._lock()
        wallet._settle()
        self.assertEqual(wallet._verify(), [])


@tagged("post_install", "-at_install")
class TestWelcome(WelcomeCommon):
    """Points for joining, once for each tax id."""

    def test_a_new_company_is_given_points_with_their_why(self):
        with self.on("2026-02-10"):
            partner = self._create_customer("Budmax", "7010202000", lang="en_US")
            wallet = self._enrol(partner, date_start="2026-02-10")
            self.assertVerified(wallet)
        entry = self._find_welcome(wallet)
        self.assertEqual(entry.key, f"welcome:{self.program.id}:PL:7010202000")
        self.assertEqual((entry.kind, int(entry.points)), ("bonus", 500))
        self.assertEqual(entry.note, "Welcome points")
        self.assertEqual(entry.partner_id, partner)
        self.assertEqual(str(entry.date_expiry), "2026-05-10")
        self.assertEqual(str(wallet.date_active), "2026-02-10")

    def test_without_a_life_of_their_own_they_live_as_all_points(self):
        self.program.welcome_months = 0
        with self.on("2026-02-10"):
            wallet = self._enrol(self._create_customer("Budmax", "7010202000"))
        self.assertEqual(str(self._find_welcome(wallet).date_expiry), "2028-02-10")

    def test_who_took_part_before_gets_nothing(self):
        self._enrol(self.customer)
        self.wallet.action_suspend()
        self.wallet.action_activate()
        self.assertFalse(self._find_welcome())

    def test_none_where_none_are_set(self):
        self.program.welcome_points = 0
        wallet = self._enrol(self._create_customer("Budmax", "7010202000"))
        self.program.welcome_points = 500
        self._enrol(wallet.partner_id)
        self.assertFalse(self._find_welcome())

    def test_an_invited_company_is_given_them_when_it_joins(self):
        wallet = self._enrol(self._create_customer("Budmax"), state="invited")
        self.assertFalse(self._find_welcome(wallet))
        self.assertTrue(wallet._accept(reason="By phone"))
        self.assertFalse(wallet._accept(reason="By phone"))
        entry = self._find_welcome(wallet)
        partner = wallet.partner_id
        self.assertEqual(entry.key, f"welcome:{self.program.id}:partner:{partner.id}")
        self.assertWallet(wallet, available=500)

    def test_the_control_group_is_given_nothing(self):
        partners = self.env["res.partner"]
        for number in range(4):
            partners |= self._create_customer(f"Customer {number}")
        wallets = self.program._enrol(partners, control_percent=50)
        found = self.env["loyalty.b2b.wallet"].sudo().union(*wallets.values())
        control = found.filtered("is_control")
        self.assertEqual(len(control), 2)
        self.assertEqual(self._find_welcome(found).wallet_id, found - control)

    def test_many_companies_at_once_cost_the_same_queries(self):
        def measure(count, first):
            partners = self.env["res.partner"]
            for number in range(first, first + count):
                partners |= self._create_customer(f"Many {number}")
            wallets = self.program._enrol(partners, state="invited")
            found = self.wallet.union(*wallets.values())
            found.sudo().write({"date_active": False})
            self.env.flush_all()
            before = self.env.cr.sql_log_count
            found._book_welcome(self.program)
            return self.env.cr.sql_log_count - before

        measure(2, 0)
        self.assertEqual(measure(12, 20), measure(3, 40))

    # === NOT AGAIN === #

    def _join_first(self, vat="7010202000"):
        partner = self._create_customer("Budmax", vat)
        return self._enrol(partner)

    def assertOnce(self):
        self.assertEqual(len(self._find_welcome()), 1)

    def test_not_again_after_leaving(self):
        wallet = self._join_first()
        wallet.action_leave()
        wallet.action_activate()
        self._enrol(wallet.partner_id)
        self.assertOnce()

    def test_not_again_for_a_second_contact_with_the_tax_id(self):
        wallet = self._join_first()
        twin = self._create_customer("Budmax 2", "PL 701-020-20-00")
        self.assertEqual(self._enrol(twin), wallet)
        self.assertOnce()

    def test_not_again_after_keeping_apart(self):
        wallet = self._join_first()
        group = self._create_customer("Budmax Trade", "1132191233")
        self.program._join(group, wallet, "Capital group")
        apart = self.program._keep_apart(group, "Own budget")
        self.assertFalse(self._find_welcome(apart))
        apart.action_leave()
        apart.action_activate()
        self._enrol(group)
        self.assertOnce()

    def test_not_again_for_a_twin_kept_apart(self):
        self._join_first()
        twin = self._create_customer("Budmax 2", "7010202000")
        self._enrol(twin)
        self.program._keep_apart(twin, "Own budget").state = "invited"
        wallet = twin.loyalty_b2b_participant_ids.wallet_id
        wallet.sudo().date_active = False
        wallet._accept(reason="By phone")
        self.assertOnce()

    def test_not_again_with_a_tax_id_added_later(self):
        wallet = self._join_first(vat=False)
        wallet.partner_id.vat = "7010202000"
        twin = self._create_customer("Budmax 2", "7010202000")
        self.assertNotEqual(self._enrol(twin), wallet)
        self.assertOnce()

    def test_not_again_with_a_tax_id_taken_away(self):
        wallet = self._join_first()
        wallet.partner_id.vat = False
        wallet.sudo().date_active = False
        wallet._begin()
        self.assertOnce()

    def test_not_again_after_a_merge(self):
        wallet = self._join_first()
        other = self._enrol(self._create_customer("Budmax 2"), state="invited")
        other._merge(wallet)
        other._accept(reason="By phone")
        self.assertOnce()
        self.assertVerified(other)

    def test_each_programme_welcomes_for_itself(self):
        self.company.loyalty_b2b_several_programs = True
        other = self._create_program(welcome_points=100)
        partner = self._join_first().partner_id
        self._enrol(partner, other)
        self.assertEqual(sorted(self._find_welcome().mapped("points")), [100, 500])

    def test_a_programme_that_closes_welcomes_nobody(self):
        self.program.sudo().state = "closing"
        self._join_first()
        self.assertFalse(self._find_welcome())

    # === TOGETHER === #

    def test_f_welcome_first_order_and_a_cancelled_first_order(self):
        """Combination (f): what the order gave goes with it, the welcome stays."""
        self.program.rule_ids = [
            Command.create(
                {
                    "name": "First order",
                    "trigger": "first_order",
                    "effect": "order",
                    "points": 300,
                }
            )
        ]
        partner = self._create_customer("Budmax", "7010202000")
        wallet = self._enrol(partner)
        self.assertWallet(wallet, available=500)
        first = self._create_invoice_of([100.0], partner, invoice_date="2026-01-10")
        self.assertVerified(wallet)
        self.assertWallet(wallet, available=900)
        self._credit(first)
        self.assertVerified(wallet)
        self.assertWallet(wallet, balance=500, available=500)
        self._create_invoice_of([50.0], partner, invoice_date="2026-01-20")
        self.assertVerified(wallet)
        self.assertWallet(wallet, available=850)
        self.assertEqual(len(self._find_welcome(wallet)), 1)

    # === SCREENS AND LIMITS === #

    def test_the_caption_says_what_is_given(self):
        self.assertIn("500", self.program.caption_bonuses)
        self.assertIn("for joining", self.program.caption_bonuses)
        self.program.welcome_points = 0
        self.assertEqual(self.program.caption_bonuses, "none")

    def test_who_joined_is_not_typed_in(self):
        for values in ({"joined_by_name": "Me"}, {"date_active": False}):
            with self.assertRaises(UserError):
                self.wallet.with_user(self.officer).write(values)
