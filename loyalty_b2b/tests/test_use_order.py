from unittest.mock import patch

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import Form, new_test_user, tagged

from .use_common import UseCommon


@tagged("post_install", "-at_install")
class TestUseOrder(UseCommon):
    """Using points on a quotation: the wizard, its limits, holds, confirm, cancel."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(10000)
        cls.contact = cls.env["res.partner"].create(
            {"name": "Anna Buyer", "parent_id": cls.customer.id}
        )

    def _order(self, quantity=2, price=100.0, **values):
        return self._create_order([(self.product, quantity, price)], **values)

    # === WIZARD === #

    def test_salesperson_uses_points_and_confirms(self):
        order = self._order()
        use = self._use_points(order, 5000)
        self.assertRecordValues(
            order,
            [{"amount_untaxed": 150.0, "amount_tax": 34.5, "amount_total": 184.5}],
        )
        self.assertWallet(available=5000, held=5000, balance=10000)
        self.assertEqual(order.loyalty_b2b_hold_end, use.date_hold_end)
        order.with_user(self.salesperson).action_confirm()
        self.assertEqual(use.state, "done")
        self.assertFalse(order.loyalty_b2b_hold_end)
        self.assertWallet(available=5000, held=0, balance=5000)

    def test_wizard_shows_points_limits_and_new_total(self):
        self.program.write({"min_points": 100, "max_order_percent": 40})
        order = self._order()
        wizard = (
            self.env["loyalty.b2b.use.points"]
            .with_user(self.salesperson)
            .with_context(default_order_id=order.id)
        )
        with Form(wizard) as form:
            self.assertEqual(form.points, 0)
            self.assertEqual(form.available, 10000)
            self.assertEqual(form.available_amount, 100.0)
            self.assertIn("At least 100 points", form.limits)
            self.assertIn("40 %", form.limits)
            form.points = 50
            self.assertIn("at least 100 points", form.refusal)
            form.points = 9000
            self.assertIn("At most 8,000 points", form.refusal)
            form.points = 20000
            self.assertTrue(form.refusal)
            form.points = 1000
            self.assertFalse(form.refusal)
            self.assertEqual(form.amount, 10.0)
            self.assertAlmostEqual(form.new_total, 233.7)

    def test_preview_is_what_comes_of_it(self):
        for rate_tax in ("net", "gross"):
            self.program.rate_tax = rate_tax
            order = self._create_order(
                [
                    (self.product, 1, 33.33),
                    (self._create_goods("A", 1, self.tax_8), 3, 7.77),
                ]
            )
            wizard = self.env["loyalty.b2b.use.points"].create(
                {"order_id": order.id, "points": 1234}
            )
            promised = wizard.new_total
            wizard.action_apply()
            with self.subTest(rate_tax):
                self.assertAlmostEqual(order.amount_total, promised)
                self.assertAlmostEqual(wizard.new_total, promised)

    def test_use_the_most_takes_what_wallet_and_order_allow(self):
        for price, points in ((50.0, 5000), (1000.0, 10000)):
            order = self._order(1, price)
            wizard = self.env["loyalty.b2b.use.points"].create({"order_id": order.id})
            wizard.action_use_most()
            self.assertEqual(wizard.points, points)

    def test_who_asked_is_on_redemption_and_ledger(self):
        order = self._order()
        use = self._use_points(order, 1000, contact=self.contact)
        self.assertRecordValues(
            use,
            [
                {
                    "contact_id": self.contact.id,
                    "user_id": self.salesperson.id,
                    "partner_id": self.customer.id,
                    "order_id": order.id,
                    "state": "reserved",
                }
            ],
        )
        self.assertRecordValues(
            use.entry_ids,
            [
                {
                    "contact_name": "Anna Buyer",
                    "order_name": order.name,
                    "user_id": self.salesperson.id,
                    "points": -1000,
                    "amount": 10.0,
                }
            ],
        )

    def test_contact_of_another_company_is_refused(self):
        stranger = self._create_customer("Stranger")
        with self.assertRaisesRegex(UserError, "does not belong"):
            self._use_points(self._order(), 1000, contact=stranger)

    def test_button_needs_a_wallet_that_can_be_used(self):
        order = self._order()
        self.assertTrue(order.loyalty_b2b_can_use)
        other = self._order(partner=self._create_customer("Without"))
        self.assertFalse(other.loyalty_b2b_can_use)
        self.wallet.state = "suspended"
        order.invalidate_recordset()
        self.assertFalse(order.loyalty_b2b_can_use)

    def test_refusals_name_the_reason(self):
        order = self._order()
        cases = (
            ("not active", lambda: self.wallet.write({"state": "suspended"})),
            ("not running", lambda: self.program.action_pause()),
            ("expired", lambda: order.write({"validity_date": "2020-01-01"})),
            ("Nothing", lambda: order.order_line.write({"product_uom_qty": 0})),
            (
                "Nothing",
                lambda: self.program.write(
                    {"excluded_product_ids": [Command.set(self.product.ids)]}
                ),
            ),
        )
        for reason, cause in cases:
            with self.subTest(reason), self.env.cr.savepoint() as savepoint:
                cause()
                with self.assertRaisesRegex(UserError, f"{order.name}.*{reason}"):
                    self._use_points(order, 1000)
                savepoint.rollback()
                self.env.invalidate_all()
                self.env.registry.clear_cache()

    def test_more_than_available_is_refused(self):
        with self.assertRaisesRegex(UserError, "10000 points available"):
            self._use_points(self._order(9), 20000)

    def test_using_again_replaces(self):
        order = self._order()
        first = self._use_points(order, 9000)
        second = self._use_points(order, 10000)
        self.assertEqual(first.state, "cancelled")
        self.assertEqual(order.amount_untaxed, 100.0)
        self.assertWallet(available=0, held=10000)
        self.assertEqual(self._our_lines(order).loyalty_b2b_redemption_id, second)

    def test_remove_gives_the_points_free(self):
        order = self._order()
        use = self._use_points(order, 1000)
        order.with_user(self.salesperson).action_remove_loyalty_b2b_use()
        self.assertEqual(use.state, "cancelled")
        self.assertFalse(self._our_lines(order))
        self.assertWallet(available=10000, held=0)

    def test_deleting_a_discount_line_ends_the_use(self):
        order = self._order()
        use = self._use_points(order, 1000)
        with Form(order.with_user(self.salesperson)) as form:
            form.order_line.remove(1)
        self.assertEqual(use.state, "cancelled")
        self.assertWallet(available=10000, held=0)

    def test_deleting_the_quotation_ends_the_use(self):
        order = self._order()
        use = self._use_points(order, 1000)
        order.unlink()
        self.assertEqual(use.state, "cancelled")
        self.assertWallet(available=10000, held=0)

    def test_line_text_is_in_the_customers_language(self):
        self.env["res.lang"]._activate_lang("pl_PL")
        self.customer.lang = "pl_PL"
        self.program.with_context(lang="pl_PL").name = "Klub"
        order = self._order()
        self._use_points(order, 1000)
        text = self._our_lines(order).name
        self.assertIn("Klub", text)
        self.assertRegex(text, r"1\s?000")

    def test_chatter_tells_what_happened(self):
        order = self._order()
        self._use_points(order, 1000)
        self.assertIn("1,000 points", order.message_ids[0].body)
        self.assertIn(f"held for {order.name}", self.wallet.message_ids[0].body)
        order.action_remove_loyalty_b2b_use()
        self.assertIn(f"released from {order.name}", self.wallet.message_ids[0].body)

    # === HOLDS === #

    def test_hold_ends_with_the_programme_or_the_quotation(self):
        with self.on("2024-05-01"):
            for validity, end in (
                ("2024-05-31", "2024-05-08 12:00:00"),
                ("2024-05-03", "2024-05-03 22:00:00"),
            ):
                order = self._order(validity_date=validity)
                use = self._use_points(order, 100)
                self.assertEqual(use.date_hold_end, fields.Datetime.to_datetime(end))

    def test_job_releases_overdue_holds(self):
        with self.on("2024-05-01"):
            order = self._order()
            use = self._use_points(order, 1000)
        with self.on("2024-05-09"):
            self.wallet._release_overdue()
        self.assertEqual(use.state, "lapsed")
        self.assertFalse(self._our_lines(order))
        self.assertEqual(order.amount_untaxed, 200.0)
        self.assertIn("time to hold", order.message_ids[0].body)
        self.assertWallet(available=10000, held=0)

    def test_hourly_job_goes_through_all_wallets(self):
        other = self._create_customer("Other", "5260001253")
        self._give_points(1000, self._enrol(other))
        with self.on("2024-05-01"):
            uses = self._use_points(self._order(), 1000)
            uses |= self._use_points(self._order(partner=other), 1000)
        progress = patch.object(
            type(self.env["ir.cron"]), "_commit_progress", lambda *args, **kw: 60.0
        )
        with self.on("2024-05-09"), progress:
            self.env["loyalty.b2b.redemption"]._cron_release_holds()
        self.assertEqual(set(uses.mapped("state")), {"lapsed"})

    def test_job_spares_orders_that_are_being_paid(self):
        with self.on("2024-05-01"):
            order = self._order()
            use = self._use_points(order, 1000)
            self._pay(order)._set_pending()
        with self.on("2024-05-09"):
            self.wallet._release_overdue()
        self.assertEqual(use.state, "reserved")

    def test_overdue_hold_is_taken_anew_at_confirmation(self):
        with self.on("2024-05-01"):
            order = self._order()
            use = self._use_points(order, 1000)
        with self.on("2024-05-09"):
            order.action_confirm()
        self.assertEqual(use.state, "done")
        self.assertWallet(balance=9000, held=0)

    def test_overdue_hold_of_expired_points_stops_confirmation(self):
        self.wallet._take("redeem", 10000, "test:gone")
        with self.on("2024-05-01"):
            self._give_points(1000, date_expiry="2024-05-04")
            order = self._order()
            self._use_points(order, 1000)
        with self.on("2024-05-09"):
            with self.assertRaisesRegex(UserError, f"{order.name}.*held until"):
                order.action_confirm()

    def test_hold_keeps_points_that_expire_meanwhile(self):
        self.wallet._take("redeem", 10000, "test:gone")
        with self.on("2024-05-01"):
            self._give_points(1000, date_expiry="2024-05-03")
            order = self._order()
            use = self._use_points(order, 1000)
        with self.on("2024-05-05"):
            order.action_confirm()
        self.assertEqual(use.state, "done")

    # === CONFIRM AND CANCEL === #

    def test_two_quotations_cannot_use_the_same_points(self):
        """Defect a: confirmed together, both claiming all points."""
        first, second = self._order(), self._order()
        self._use_points(first, 10000)
        with self.assertRaisesRegex(UserError, "0 points"):
            self._use_points(second, 10000)
        (first | second).action_confirm()
        self.assertWallet(balance=0, available=0)

    def test_many_orders_confirm_in_one_call(self):
        orders = self._order() | self._order() | self._order()
        for order in orders:
            self._use_points(order, 3000)
        orders.action_confirm()
        self.assertEqual(set(orders.mapped("state")), {"sale"})
        self.assertWallet(balance=1000, held=0)

    def test_cancelling_a_quotation_or_order_returns_the_points(self):
        for confirmed in (False, True):
            order = self._order()
            use = self._use_points(order, 4000)
            if confirmed:
                order.action_confirm()
            order.action_cancel()
            with self.subTest(confirmed=confirmed):
                self.assertEqual(use.state, "cancelled")
                self.assertFalse(self._our_lines(order))
                self.assertWallet(balance=10000, available=10000, held=0)

    def test_salesperson_of_own_documents_cancels_an_order_with_points(self):
        """Defect e: AccessError in Odoo's own loyalty."""
        self.customer.user_id = self.sales_all
        order = self._order()
        self._use_points(order, 4000)
        order.with_user(self.salesperson).action_confirm()
        order.with_user(self.salesperson).action_cancel()
        self.assertWallet(available=10000)

    def test_cancelled_order_confirms_again_without_points(self):
        order = self._order()
        self._use_points(order, 4000)
        order.action_confirm()
        order.action_cancel()
        order.action_draft()
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 200.0)
        self.assertWallet(available=10000)

    def test_points_come_off_a_confirmed_order_by_the_button_only(self):
        order = self._order()
        use = self._use_points(order, 4000)
        order.action_confirm()
        order.with_user(self.salesperson).action_remove_loyalty_b2b_use()
        self.assertEqual(use.state, "cancelled")
        self.assertEqual(order.amount_untaxed, 200.0)
        self.assertWallet(available=10000)

    def test_claw_back_stops_confirmation_and_removal_settles(self):
        """Story 15: earn, hold, credit, confirm."""
        self.wallet._take("redeem", 10000, "test:gone")
        lot = self._give_points(1000)
        order = self._order()
        self._use_points(order, 1000)
        self.wallet._book(
            [
                self.wallet._prepare_entry(
                    "reversal",
                    -1000,
                    key="reverse:test:1",
                    reversed_entry_id=lot.id,
                    move_name="RINV/7",
                    to_settle=True,
                )
            ]
        )
        message = f"{order.name}.*1,000 points.*RINV/7.*reduce or remove"
        with (
            self.assertRaisesRegex(UserError, message),
            self.env.cr.savepoint(),
        ):
            order.action_confirm()
        self.env.invalidate_all()
        order.action_remove_loyalty_b2b_use()
        self.assertWallet(balance=0, available=0)
        order.action_confirm()
        self.assertEqual(order.amount_untaxed, 200.0)

    def test_debt_refuses_use_by_name(self):
        self.wallet._adjust(-10500, "test:minus", "Mistake")
        with self.assertRaisesRegex(UserError, "owes 500 points"):
            self._use_points(self._order(), 100)

    # === GUARDS === #

    def test_discount_lines_change_by_the_verbs_only(self):
        order = self._order()
        self._use_points(order, 1000)
        line = self._our_lines(order)
        for state in ("draft", "sale"):
            if state == "sale":
                order.action_confirm()
            for values in (
                {"price_unit": -1.0},
                {"product_uom_qty": 0.0},
                {"tax_ids": [Command.clear()]},
                {"product_id": self.product.id},
                {"loyalty_b2b_redemption_id": False},
                {"name": "Gift"},
            ):
                with self.subTest(state=state, values=values):
                    with self.assertRaises(UserError):
                        line.write(values)
        with self.assertRaises(UserError):
            line.unlink()
        line.write({"sequence": 5, "price_unit": line.price_unit})

    def test_discount_product_is_refused_by_hand(self):
        order = self._order()
        use = self._use_points(order, 1000)
        product = self.program.discount_product_id
        self.assertFalse(product.sale_ok)
        self.assertFalse(product.taxes_id)
        for values in (
            {"product_id": product.id, "price_unit": -100.0},
            {"product_id": self.product.id, "loyalty_b2b_redemption_id": use.id},
        ):
            with self.assertRaises(UserError):
                order.order_line = [Command.create(values)]
        with self.assertRaises(UserError):
            order.order_line[0].product_id = product
        with self.assertRaises(UserError):
            self._create_invoice_of([(product, 1, -100.0)])

    def test_odoos_discount_leaves_ours_alone(self):
        order = self._order()
        self._use_points(order, 1000)
        self.env["sale.order.discount"].create(
            {
                "sale_order_id": order.id,
                "discount_type": "sol_discount",
                "discount_percentage": 0.1,
            }
        ).action_apply_discount()
        self.assertEqual(order.amount_untaxed, 170.0)

    def test_duplicate_has_no_discount(self):
        order = self._order()
        self._use_points(order, 1000)
        duplicate = order.copy()
        self.assertEqual(duplicate.amount_untaxed, 200.0)
        self.assertFalse(self._our_lines(duplicate))

    def test_nobody_writes_a_use_of_points(self):
        use = self._use_points(self._order(), 1000)
        for user in (self.salesperson, self.sales_all, self.officer):
            record = use.with_user(user).sudo(False)
            for call in (
                lambda record=record: record.write({"points": 1}),
                lambda record=record: record.unlink(),
                lambda record=record: record.copy(),
            ):
                with self.assertRaises(AccessError):
                    call()

    def test_wizard_checks_the_order(self):
        stranger = new_test_user(
            self.env, "stranger", groups="sales_team.group_sale_salesman"
        )
        order = self._order()
        Wizard = self.env["loyalty.b2b.use.points"].with_user(stranger)
        with self.assertRaises(AccessError):
            Wizard.create({"order_id": order.id, "points": 100}).action_apply()
        with self.assertRaises(AccessError):
            Wizard.create({"order_id": order.id}).available  # noqa: B018
        with self.assertRaises(AccessError):
            order.with_user(stranger).action_remove_loyalty_b2b_use()
