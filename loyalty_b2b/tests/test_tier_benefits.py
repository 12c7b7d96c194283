from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import Form, new_test_user, tagged

from .tier_common import LoyaltyB2bTierCommon


class TierBenefitsCommon(LoyaltyB2bTierCommon):
    """Gold brings a pricelist and payment terms; the customer is on it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env.user.group_ids += cls.env.ref("product.group_product_pricelist")
        cls.env["res.config.settings"].create(
            {"group_product_pricelist": True}
        ).execute()
        cls.golden = cls._create_pricelist("Golden", 10)
        cls.own = cls._create_pricelist("Own", 25)
        cls.in_30_days = cls._create_term("30 days", 30)
        cls.in_60_days = cls._create_term("60 days", 60)
        cls.gold.write(
            {"pricelist_id": cls.golden.id, "payment_term_id": cls.in_60_days.id}
        )
        cls._put_on(cls.gold)

    @classmethod
    def _create_pricelist(cls, name, percent, **values):
        return cls.env["product.pricelist"].create(
            {
                "name": name,
                "sequence": 100,
                "company_id": cls.company.id,
                "item_ids": [
                    Command.create(
                        {"compute_price": "percentage", "percent_price": percent}
                    )
                ],
                **values,
            }
        )

    @classmethod
    def _create_term(cls, name, days, **values):
        line = {"value": "percent", "value_amount": 100, "nb_days": days}
        return cls.env["account.payment.term"].create(
            {"name": name, "line_ids": [Command.create(line)], **values}
        )

    def _quote(self, partner=None, **values):
        return self.env["sale.order"].create(
            {"partner_id": (partner or self.customer).id, **values}
        )

    def _bill(self, partner=None, **values):
        return self._create_invoice_of([100.0], partner=partner, post=False, **values)


@tagged("post_install", "-at_install")
class TestTierPricelist(TierBenefitsCommon):
    """The pricelist of a level, by Odoo's own way of finding one."""

    def _pricelist(self, partner=None):
        self.env.invalidate_all()
        return (partner or self.customer).property_product_pricelist

    def test_customers_buy_at_the_prices_of_their_level(self):
        self.assertEqual(self._pricelist(), self.golden)
        order = self._create_order([(self.product, 1, 90.0)])
        self.assertEqual(order.pricelist_id, self.golden)

    def test_a_contact_has_the_prices_of_the_company(self):
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.assertEqual(self._pricelist(contact), self.golden)

    def test_an_own_pricelist_wins(self):
        self.customer.property_product_pricelist = self.own
        self.assertEqual(self._pricelist(), self.own)

    def test_the_level_wins_over_the_country(self):
        groups = self.env["res.country.group"].create(
            {"name": "PL", "country_ids": self.env.ref("base.pl").ids}
        )
        polish = self._create_pricelist("Polish", 5, country_group_ids=groups.ids)
        self.assertEqual(self._pricelist(), self.golden)
        self._put_on(self.silver)
        self.assertEqual(self._pricelist(), polish)

    def test_the_countrys_pricelist_can_be_chosen_by_hand(self):
        self._put_on(None)
        default = self._pricelist()
        self._put_on(self.gold)
        self.customer.property_product_pricelist = default
        self.assertEqual(self._pricelist(), default)
        self.customer.property_product_pricelist = self.golden
        self.assertFalse(self.customer.specific_property_product_pricelist)
        self.assertEqual(self._pricelist(), self.golden)

    def test_other_customers_are_not_concerned(self):
        other = self._create_customer("Other", "5213017228")
        self.assertNotEqual(self._pricelist(other), self.golden)
        self._enrol(other)
        self.assertNotEqual(self._pricelist(other), self.golden)

    def test_who_has_no_active_wallet_has_no_benefit(self):
        for values in (
            {"state": "suspended"},
            {"state": "invited"},
            {"state": "left"},
            {"state": "active", "is_control": True},
        ):
            with self.subTest(**values):
                self.wallet.write(values)
                self.assertNotEqual(self._pricelist(), self.golden)

    def test_the_programme_has_to_run_or_to_be_closing(self):
        for state, has_benefit in (
            ("announced", False),
            ("paused", False),
            ("closing", True),
            ("closed", False),
            ("running", True),
        ):
            with self.subTest(state):
                self.program.sudo().state = state
                self.assertEqual(self._pricelist() == self.golden, has_benefit)
        self.program.active = False
        self.assertNotEqual(self._pricelist(), self.golden)

    def test_an_archived_pricelist_is_not_used(self):
        self.golden.action_archive()
        self.assertNotEqual(self._pricelist(), self.golden)

    def test_another_company_has_other_prices(self):
        other = self.setup_other_company()["company"]
        customer = self.customer.with_company(other)
        self.assertNotEqual(self._pricelist(customer), self.golden)

    def test_of_several_programmes_the_first_that_brings_prices_counts(self):
        self.company.loyalty_b2b_several_programs = True
        self.program.sequence = 20
        first = self._create_program(name="First", sequence=10)
        plain = self._create_tier("Plain", 1, first)
        rich = self._create_tier("Rich", 2, first, pricelist_id=self.own.id)
        wallet = self._enrol(self.customer, first)
        self._put_on(plain, wallet)
        self.assertEqual(self._pricelist(), self.golden)
        self._put_on(rich, wallet)
        self.assertEqual(self._pricelist(), self.own)

    def test_a_changed_level_leaves_quotations_as_they_are(self):
        order = self._create_order([(self.product, 1, 90.0)])
        self._put_on(self.silver)
        order.client_order_ref = "12"
        order.action_confirm()
        self.assertEqual(order.pricelist_id, self.golden)

    def test_a_pricelist_chosen_on_an_order_stays(self):
        order = self._quote(pricelist_id=self.own.id)
        self.assertEqual(order.pricelist_id, self.own)
        with Form(order) as form:
            form.client_order_ref = "12"
        self.assertEqual(order.pricelist_id, self.own)

    def test_portal_users_read_their_prices(self):
        user = new_test_user(
            self.env,
            "tier_portal",
            groups="base.group_portal",
            company_id=self.company.id,
            company_ids=[Command.set(self.company.ids)],
        )
        user.partner_id.parent_id = self.customer
        self.env.invalidate_all()
        # pages read prices in sudo, with the user's partner
        partner = user.partner_id.with_user(user).sudo()
        self.assertEqual(partner.property_product_pricelist, self.golden)
        tiers = self.env["loyalty.b2b.tier"].with_user(user)
        partner = partner.sudo(False)
        self.env.invalidate_all()
        found = tiers._get_benefit("pricelist_id", partner, self.company)
        self.assertEqual(found[partner].id, self.golden.id)
        # what is handed out is no key to anything
        self.assertFalse(found[partner].env.su)
        with self.assertRaises(AccessError):
            found[partner].read(["name"])
        with self.assertRaises(AccessError):
            tiers.browse(self.gold.id).read(["name"])

    def test_it_costs_as_much_for_many_as_for_one_and_nothing_without(self):
        customers = self.customer
        for number in range(20):
            customer = self._create_customer(f"C{number}", f"90000000{number:02}")
            self._put_on(self.gold, self._enrol(customer))
            customers |= customer
        self.assertEqual(self._count(self.customer), 2)
        self.assertEqual(self._count(customers), 2)
        self.assertEqual(
            {customer.property_product_pricelist for customer in customers},
            {self.golden},
        )
        self.gold.pricelist_id = False
        self.assertEqual(self._count(customers), 0)

    def _count(self, partners):
        """Return the queries we add to finding pricelists, warm: find, and read it."""
        partners = partners.with_env(self.env)
        for _turn in range(2):
            self.env.invalidate_all()
            partners.mapped("specific_property_product_pricelist")
            partners.mapped("commercial_partner_id")
            before = self.env.cr.sql_log_count
            self.env["product.pricelist"]._get_loyalty_b2b_pricelists(partners)
            count = self.env.cr.sql_log_count - before
        return count


@tagged("post_install", "-at_install")
class TestTierPaymentTerm(TierBenefitsCommon):
    """The payment terms of a level, by Odoo's own computed fields."""

    def test_orders_and_invoices_have_the_terms_of_the_level(self):
        self.assertEqual(self._quote().payment_term_id, self.in_60_days)
        self.assertEqual(self._bill().invoice_payment_term_id, self.in_60_days)

    def test_own_terms_win(self):
        self.customer.property_payment_term_id = self.in_30_days
        self.assertEqual(self._quote().payment_term_id, self.in_30_days)
        self.assertEqual(self._bill().invoice_payment_term_id, self.in_30_days)
        contact = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customer.id}
        )
        self.assertEqual(self._quote(contact).payment_term_id, self.in_30_days)

    def test_a_default_for_everybody_is_nobodys_own(self):
        self.env["ir.default"].set(
            "res.partner",
            "property_payment_term_id",
            self.in_30_days.id,
            company_id=self.company.id,
        )
        self.assertEqual(self._quote().payment_term_id, self.in_60_days)
        self._put_on(None)
        self.assertEqual(self._quote().payment_term_id, self.in_30_days)

    def test_vendor_bills_are_not_concerned(self):
        bill = self.env["account.move"].create(
            {"move_type": "in_invoice", "partner_id": self.customer.id}
        )
        self.assertNotEqual(bill.invoice_payment_term_id, self.in_60_days)

    def test_terms_chosen_by_hand_stay(self):
        order = self._quote(payment_term_id=self.in_30_days.id)
        with Form(order) as form:
            form.client_order_ref = "12"
        self.assertEqual(order.payment_term_id, self.in_30_days)
        order.payment_term_id = False
        order.note = "Cash"
        self.env.flush_all()
        self.assertFalse(order.payment_term_id)
        move = self._bill(invoice_payment_term_id=self.in_30_days.id)
        move.action_post()
        self.assertEqual(move.invoice_payment_term_id, self.in_30_days)

    def test_an_invoice_has_the_terms_of_its_order(self):
        for term in (self.in_30_days, self.in_30_days.browse()):
            order = self._create_order([(self.product, 1, 90.0)], confirm=True)
            order.payment_term_id = term
            self.assertEqual(order._create_invoices().invoice_payment_term_id, term)

    def test_a_changed_level_leaves_documents_as_they_are(self):
        order, move = self._quote(), self._bill()
        self._put_on(None)
        order.client_order_ref = move.ref = "12"
        move.action_post()
        self.assertEqual(order.payment_term_id, self.in_60_days)
        self.assertEqual(move.invoice_payment_term_id, self.in_60_days)

    def test_an_archived_term_is_not_used(self):
        self.in_60_days.action_archive()
        self.assertFalse(self._quote().payment_term_id)

    def test_many_documents_cost_as_much_as_one(self):
        one = self._count_terms(self._bill())
        many = self.env["account.move"].concat(*(self._bill() for _n in range(8)))
        self.assertEqual(self._count_terms(many), one)
        self.assertEqual(one, 1)
        self.gold.payment_term_id = False
        self.env["loyalty.b2b.tier"]._get_benefits(self.company.id)
        self.assertEqual(self._count_terms(many), 0)

    def _count_terms(self, moves):
        """Return the queries of asking for the terms of invoices' customers."""
        partners = moves.partner_id
        partners._get_loyalty_b2b_payment_terms(self.company)
        before = self.env.cr.sql_log_count
        partners._get_loyalty_b2b_payment_terms(self.company)
        return self.env.cr.sql_log_count - before
