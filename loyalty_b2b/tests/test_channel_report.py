from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestChannelReport(LoyaltyB2bCommon):
    """Who moved online: orders by channel, before joining and since."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.newcomer = cls._create_customer("Budmax", "7010202000")
        cls.second = cls._enrol(cls.newcomer, date_start="2026-03-01")
        cls.manager = cls._create_user("manager", "sales_team.group_sale_manager")
        cls.auditor = cls._create_user("auditor", "account.group_account_readonly")

    @classmethod
    def _create_user(cls, name, groups):
        return new_test_user(
            cls.env,
            f"channel_{name}",
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _sell(cls, day, channel, amount=100.0, partner=None, **values):
        """Return an order confirmed at noon (UTC) of a day."""
        order = cls._create_order(
            [(cls.product, 1, amount)], partner or cls.newcomer, **values
        )
        moment = day if " " in day else f"{day} 12:00:00"
        with cls.on(day[:10]):
            order.loyalty_b2b_channel = channel
            order.action_confirm()
        order.date_order = moment
        return order

    def _rows(self, domain=(), user=None, model="report"):
        self.env.flush_all()
        self.env.invalidate_all()
        rows = self.env[f"loyalty.b2b.channel.{model}"].with_user(user or self.manager)
        return rows.search([("company_id", "=", self.company.id), *domain])

    def _row(self, order):
        return self._rows([("order_id", "=", order.id)])

    def _customer(self, partner=None):
        partner = partner or self.newcomer
        return self._rows([("partner_id", "=", partner.id)], model="customer")

    # === ORDERS === #

    def test_orders_count_before_joining_or_since(self):
        outsider = self._create_customer("Obcy", "5213003700")
        kept = self._create_customer("Kontrola", "5213003701")
        self._enrol(kept).is_control = True
        for day, partner, period in (
            ("2026-02-28", self.newcomer, "before"),
            ("2026-03-01", self.newcomer, "since"),
            # midnight of the first of March in Warsaw is 23:00 the day before
            ("2026-02-28 22:59:59", self.newcomer, "before"),
            ("2026-02-28 23:00:00", self.newcomer, "since"),
            ("2026-03-01", outsider, "outside"),
            ("2026-03-01", kept, "control"),
        ):
            with self.subTest(day=day, partner=partner.name):
                row = self._row(self._sell(day, "web", partner=partner))
                self.assertEqual((row.period, row.partner_id), (period, partner))

    def test_orders_of_contacts_and_branches_count_for_the_company(self):
        person = self.env["res.partner"].create(
            {"name": "Anna", "parent_id": self.newcomer.id}
        )
        row = self._row(self._sell("2026-03-01", "web", partner=person))
        self.assertEqual(row.partner_id, self.newcomer)
        self.assertEqual(row.program_id, self.program)

    def test_only_confirmed_orders_count(self):
        draft = self._create_order([(self.product, 1, 10.0)], self.newcomer)
        cancelled = self._sell("2026-03-01", "web")
        cancelled._action_cancel()
        self.assertFalse(self._row(draft) + self._row(cancelled))

    def test_two_programmes_count_an_order_once(self):
        self.company.loyalty_b2b_several_programs = True
        club = self._create_program(name="Club II", sequence=20)
        self._enrol(self.newcomer, club, date_start="2026-01-01")
        row = self._row(self._sell("2026-02-01", "web"))
        self.assertEqual((len(row), row.period), (1, "since"))
        self.assertEqual(row.program_id, club)
        self.assertEqual(len(self._customer()), 1)

    def test_turnover_is_net_in_the_companys_currency(self):
        euro = self.env["res.currency"].create(
            {"name": "XTR", "symbol": "x", "rate_ids": [Command.create({"rate": 0.25})]}
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "Foreign", "currency_id": euro.id, "company_id": self.company.id}
        )
        order = self._sell("2026-03-01", "web", 100.0, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, euro)
        row = self._row(order)
        self.assertAlmostEqual(row.amount, 100 / order.currency_rate, 2)
        self.assertEqual(row.currency_id, self.company.currency_id)

    def test_orders_of_earlier_times_count_by_what_is_known(self):
        robot = self._create_user("robot", "sales_team.group_sale_salesman")
        self.company.loyalty_b2b_integration_user_ids = robot
        team = self.env["crm.team"].create({"name": "Marketplace"})
        self.company.loyalty_b2b_integration_team_ids = team
        orders = {
            "sales": self._sell("2026-02-01", False),
            "portal": self._sell("2026-02-01", False, signed_by="Anna"),
            "external": self._sell("2026-02-01", False, team_id=team.id),
        }
        for channel, order in orders.items():
            self.assertEqual(order.loyalty_b2b_channel, channel)
            order.loyalty_b2b_channel = False
            with self.subTest(channel=channel):
                row = self._row(order)
                self.assertEqual(row.channel, channel)
                self.assertEqual(row.online_count, channel != "sales")

    # === SHARES === #

    def test_shares_of_groups_are_parts_of_sums(self):
        self._sell("2026-03-01", "web", 100.0)
        self._sell("2026-03-02", "portal", 200.0)
        self._sell("2026-04-01", "sales", 700.0)
        self._sell("2026-04-02", "external", 1000.0)
        rows = self.env["loyalty.b2b.channel.report"].with_user(self.manager)
        domain = [("partner_id", "=", self.newcomer.id)]
        aggregates = ["order_count:sum", "online_share:avg", "online_amount_share:avg"]
        months = rows.formatted_read_group(domain, ["date:month"], aggregates)
        self.assertEqual(
            [[round(month[name], 4) for name in aggregates] for month in months],
            [[2, 1.0, 1.0], [2, 0.5, round(1000 / 1700, 4)]],
        )
        (total,) = rows.formatted_read_group(domain, [], aggregates)
        self.assertAlmostEqual(total["online_share:avg"], 0.75)
        self.assertAlmostEqual(total["online_amount_share:avg"], 0.65)

    def test_shares_of_nothing_are_nothing(self):
        rows = self.env["loyalty.b2b.channel.report"].with_user(self.manager)
        free = self._sell("2026-03-01", "web", 0.0)
        (total,) = rows.formatted_read_group(
            [("order_id", "=", free.id)], [], ["online_amount_share:avg"]
        )
        self.assertEqual(total["online_amount_share:avg"], 0)

    # === CUSTOMERS === #

    def test_a_customer_that_moved_online(self):
        for day, channel, amount in (
            ("2026-01-10", "web", 100.0),
            ("2026-01-11", "sales", 100.0),
            ("2026-01-12", "sales", 100.0),
            ("2026-01-13", "sales", 100.0),
            ("2026-03-10", "web", 400.0),
            ("2026-03-11", "sales", 50.0),
        ):
            self._sell(day, channel, amount)
        row = self._customer()
        self.assertEqual(str(row.date_joined), "2026-03-01")
        self.assertEqual(row.wallet_id, self.second)
        self.assertEqual((row.orders_before, row.online_before), (4, 1))
        self.assertEqual((row.orders_since, row.online_since), (2, 1))
        self.assertEqual((row.amount_before, row.online_amount_before), (400, 100))
        self.assertEqual((row.amount_since, row.online_amount_since), (450, 400))
        self.assertEqual((row.share_before, row.share_since), (0.25, 0.5))
        self.assertEqual(row.online_change, 0.25)

    def test_who_ordered_only_since_joining_has_not_changed(self):
        self._sell("2026-03-10", "web")
        row = self._customer()
        self.assertEqual((row.share_since, row.online_change), (1.0, 0.0))
        self.assertFalse(row.orders_before)

    def test_customers_without_orders_are_listed(self):
        row = self._customer(self.customer)
        self.assertEqual((row.orders_before, row.orders_since), (0, 0))
        self.assertEqual(row.amount_since, 0)

    def test_filters_find_who_moved_and_who_did_not_yet(self):
        self._sell("2026-01-10", "sales")
        self._sell("2026-03-10", "web")
        self._sell("2026-03-10", "sales", partner=self.customer)
        view = self.env.ref("loyalty_b2b.loyalty_b2b_channel_customer_view_search")
        for name, expected in {
            "moved": self.newcomer,
            "moved_back": self.newcomer.browse(),
            "not_yet": self.customer,
            "ordered": self.customer + self.newcomer,
        }.items():
            with self.subTest(filter=name):
                found = self._rows(self._get_domain(view, name), model="customer")
                self.assertEqual(
                    found.partner_id & (self.customer + self.newcomer), expected
                )

    def _get_domain(self, view, name):
        node = etree.fromstring(view.arch).find(f".//filter[@name='{name}']")
        return safe_eval(node.get("domain"))

    def test_shares_of_groups_of_customers_weigh_their_orders(self):
        self._sell("2026-01-10", "sales")
        for day in ("2026-03-10", "2026-03-11", "2026-03-12"):
            self._sell(day, "web")
        self._sell("2026-03-10", "sales", partner=self.customer)
        customers = self.env["loyalty.b2b.channel.customer"].with_user(self.manager)
        domain = [("partner_id", "in", (self.customer + self.newcomer).ids)]
        (group,) = customers.formatted_read_group(
            domain, ["user_id"], ["share_since:avg", "online_change:avg"]
        )
        self.assertAlmostEqual(group["share_since:avg"], 0.75)
        self.assertAlmostEqual(group["online_change:avg"], 0.75)

    def test_the_list_sorts_by_every_figure(self):
        self._sell("2026-01-10", "sales")
        self._sell("2026-03-10", "web")
        customers = self.env["loyalty.b2b.channel.customer"].with_user(self.manager)
        for name in ("online_change", "share_since", "amount_since", "orders_before"):
            with self.subTest(order=name):
                found = customers.search(
                    [("company_id", "=", self.company.id)], order=f"{name} desc"
                )
                figures = found.mapped(name)
                self.assertEqual(figures, sorted(figures, reverse=True))
                self.assertEqual(found[:1].partner_id, self.newcomer)

    def test_a_customer_opens_its_orders_by_channel(self):
        order = self._sell("2026-03-10", "web")
        self._sell("2026-03-10", "web", partner=self.customer)
        action = self._customer().action_open()
        self.assertEqual(self._rows(action["domain"]).order_id, order)
        opened = self._row(order).action_open()
        self.assertEqual(opened["res_model"], "sale.order")
        self.assertEqual(opened["res_id"], order.id)

    # === RIGHTS === #

    def test_salespeople_see_own_customers_only(self):
        self._sell("2026-03-10", "web")
        own = self._sell("2026-03-10", "web", partner=self.customer)
        self.newcomer.user_id = self.sales_all
        self.assertEqual(self._rows(user=self.salesperson).order_id, own)
        customers = self._rows(user=self.salesperson, model="customer")
        self.assertEqual(customers.partner_id, self.customer)
        for user in (self.sales_all, self.officer, self.auditor):
            with self.subTest(user=user.login):
                rows = self._rows(user=user, model="customer")
                self.assertEqual(rows.partner_id, self.customer + self.newcomer)
                self.assertEqual(len(self._rows(user=user)), 2)

    def test_a_row_of_somebody_elses_customer_is_refused(self):
        order = self._sell("2026-03-10", "web")
        row, customer = self._row(order), self._customer()
        self.newcomer.user_id = self.sales_all
        self.env.flush_all()
        for record in (row, customer):
            record.invalidate_recordset()
            with self.subTest(model=record._name), self.assertRaises(AccessError):
                record.with_user(self.salesperson).action_open()

    def test_other_companies_and_strangers_see_nothing(self):
        self._sell("2026-03-10", "web")
        company = self.env["res.company"].create({"name": "Elsewhere"})
        foreigner = new_test_user(
            self.env,
            "channel_foreigner",
            groups="loyalty_b2b.group_loyalty_b2b_auditor",
            company_id=company.id,
            company_ids=[Command.set(company.ids)],
        )
        nobody = self._create_user("nobody", "base.group_user")
        for model in ("report", "customer"):
            with self.subTest(model=model):
                self.assertFalse(self._rows(user=foreigner, model=model))
                with self.assertRaises(AccessError):
                    self._rows(user=nobody, model=model)
