from unittest.mock import patch

from freezegun import freeze_time

from odoo import Command, fields
from odoo.tests import new_test_user
from odoo.tools import mute_logger

from odoo.addons.account.tests.common import AccountTestInvoicingCommon


class LoyaltyB2bCommon(AccountTestInvoicingCommon):
    """A running programme (1 point per 1.00 net), a customer with a wallet, users."""

    @classmethod
    def get_default_groups(cls):
        return (
            super().get_default_groups()
            | cls.env.ref("sales_team.group_sale_manager")
            | cls.env.ref("loyalty_b2b.group_loyalty_b2b_admin")
        )

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.company_data["company"]
        cls.currency = cls.company.currency_id
        cls.tax_23 = cls._create_vat(23)
        cls.tax_8 = cls._create_vat(8)
        cls.tax_0 = cls._create_vat(0)
        cls.category = cls.env["product.category"].create({"name": "Tools"})
        cls.product = cls._create_goods("Drill", 100.0)
        cls.salesperson = new_test_user(
            cls.env,
            "loyalty_sales",
            groups="sales_team.group_sale_salesman",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.sales_all = new_test_user(
            cls.env,
            "loyalty_sales_all",
            groups="sales_team.group_sale_salesman_all_leads",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.officer = new_test_user(
            cls.env,
            "loyalty_officer",
            groups="sales_team.group_sale_salesman_all_leads,"
            "loyalty_b2b.group_loyalty_b2b_officer",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        cls.program = cls._create_program()
        cls.customer = cls._create_customer("Hurtownia Wisła", "5260001246")
        cls.wallet = cls._enrol(cls.customer)

    # === FACTORIES === #

    @classmethod
    def _create_vat(cls, percent, included=False, **values):
        suffix = " incl." if included else ""
        return cls.env["account.tax"].create(
            {
                "name": f"VAT {percent}%{suffix}",
                "amount": percent,
                "type_tax_use": "sale",
                "price_include_override": "tax_included"
                if included
                else "tax_excluded",
                "company_id": cls.company.id,
                **values,
            }
        )

    @classmethod
    def _create_goods(cls, name, price, tax=None, **values):
        return cls.env["product.product"].create(
            {
                "name": name,
                "type": "consu",
                "list_price": price,
                "categ_id": cls.category.id,
                "invoice_policy": "order",
                "taxes_id": [Command.set((cls.tax_23 if tax is None else tax).ids)],
                **values,
            }
        )

    @classmethod
    def _create_program(cls, start=True, rate=(1000, 10.0), **values):
        program = cls.env["loyalty.b2b.program"].create(
            {
                "name": "Club",
                "company_id": cls.company.id,
                "tz": "Europe/Warsaw",
                "rate_tax": "net",
                "notices": False,
                "rate_ids": [
                    Command.create(
                        {
                            "date_start": "2015-01-01",
                            "points": rate[0],
                            "amount": rate[1],
                        }
                    )
                ],
                "rule_ids": [
                    Command.create({"name": "Everything", "points": 1, "amount": 1.0})
                ],
                **values,
            }
        )
        if start:
            program.action_start()
        return program

    @classmethod
    def _create_customer(cls, name, vat=False, **values):
        return cls.env["res.partner"].create(
            {
                "name": name,
                "is_company": True,
                "vat": vat,
                "country_id": cls.env.ref("base.pl").id,
                "user_id": cls.salesperson.id,
                **values,
            }
        )

    @classmethod
    def _enrol(cls, partner, program=None, date_start="2015-01-01", **values):
        program = program or cls.program
        day = fields.Date.to_date(date_start)
        wallets = program._enrol(partner, date_start=day, **values)
        return wallets[partner._get_loyalty_b2b_owner()]

    @classmethod
    def _give_points(cls, points, wallet=None, **values):
        """Book an opening lot of points; `date_expiry` and others as in the ledger."""
        wallet = wallet or cls.wallet
        number = cls.env["loyalty.b2b.entry"].search_count([])
        return wallet._open_balance(points, f"test:{wallet.id}:{number}", **values)

    @classmethod
    def _create_invoice_of(cls, lines, partner=None, post=True, **values):
        """Create a customer invoice.

        :param lines: list of net amounts, or of (product, quantity, price) tuples.
        """
        move = cls.env["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": (partner or cls.customer).id,
                "invoice_date": values.pop("invoice_date", fields.Date.today()),
                "invoice_line_ids": [
                    Command.create(cls._prepare_line(line)) for line in lines
                ],
                **values,
            }
        )
        if post:
            move.action_post()
        return move

    @classmethod
    def _prepare_line(cls, line):
        product, quantity, price = (
            line if isinstance(line, tuple) else (cls.product, 1, line)
        )
        return {
            "product_id": product.id,
            "quantity": quantity,
            "price_unit": price,
            "tax_ids": [Command.set(product.taxes_id.ids)],
        }

    @classmethod
    def _credit(cls, move, lines=None, post=True, **values):
        """Create a credit note of an invoice: of all, or of given net amounts."""
        reversal = move._reverse_moves(
            [{"invoice_date": values.pop("invoice_date", move.invoice_date), **values}]
        )
        if lines is not None:
            reversal.invoice_line_ids.unlink()
            reversal.invoice_line_ids = [
                Command.create(cls._prepare_line(line)) for line in lines
            ]
        if post:
            reversal.action_post()
        return reversal

    @classmethod
    def _create_order(cls, lines, partner=None, confirm=False, **values):
        """Create a quotation.

        :param lines: list of (product, quantity, price) tuples.
        """
        order = cls.env["sale.order"].create(
            {
                "partner_id": (partner or cls.customer).id,
                "user_id": cls.salesperson.id,
                "order_line": [
                    Command.create(
                        {
                            "product_id": product.id,
                            "product_uom_qty": quantity,
                            "price_unit": price,
                        }
                    )
                    for product, quantity, price in lines
                ],
                **values,
            }
        )
        if confirm:
            order.action_confirm()
        return order

    # === HELPERS === #

    def _points_of(self, moves, kind=None):
        """Return Σ points booked by invoices, not cancelled ones included."""
        entries = self.env["loyalty.b2b.entry"].search(
            [("move_id", "in", moves.ids), ("state", "!=", "cancelled")]
        )
        if kind:
            entries = entries.filtered(lambda entry: entry.kind == kind)
        return sum(entries.mapped("points"))

    def assertWallet(self, wallet=None, **figures):
        """Check figures of a wallet before and after settling: they are the same."""
        wallet = wallet or self.wallet
        for _turn in ("before settling", "after settling"):
            for name, expected in figures.items():
                self.assertEqual(wallet[name], expected, f"{name} {_turn}")
            wallet._lock()
            wallet._settle()
            wallet._invalidate_figures()

    @staticmethod
    def patch_with(path, **values):
        """Replace what `path` names by a mock."""
        return patch(path, **values)

    @staticmethod
    def mute_errors():
        """Let expected errors stay out of the log."""
        return mute_logger("odoo.addons.loyalty_b2b.models.wallet_earning")

    @staticmethod
    def _day(text):
        return fields.Date.to_date(text)

    @staticmethod
    def on(day):
        """Freeze time at noon of a day."""
        return freeze_time(f"{day} 12:00:00")
