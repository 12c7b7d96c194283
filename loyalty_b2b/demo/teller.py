"""Lets the story happen, by the same methods that people's buttons call."""

from datetime import timedelta

from odoo import Command, fields

from ..tools import periods
from . import clock, story

# Customers that accept quotations online, from so many days ago on.
ONLINE = {"nowak": 200, "provolt": 120}


class Teller:
    """Tells events on their days; remembers the documents they made by name."""

    def __init__(self, program):
        """Prepare to tell the story of a programme.

        :param program: `loyalty.b2b.program`, draft.
        """
        company = program.company_id
        self.env = program.with_context(
            allowed_company_ids=company.ids,
            # so long ago that nobody follows it up
            tracking_disable=True,
            mail_create_nosubscribe=True,
        ).env
        self.program = program.with_env(self.env)
        self.today = program._today()
        self.documents = {}

    # === TELLING === #

    def tell(self, share=1):
        """Tell the whole story.

        :param int share: tell one in so many of the regular purchases.
        """
        for event in story.get_events(share):
            self.tell_event(event)
        # nobody is told what happened before today
        self.program.notices = True

    def tell_event(self, event):
        """Let one thing happen on its day, as a transaction of that day would."""
        day = self.today - timedelta(days=event.day)
        messages = self.env["mail.message"].sudo()
        last = messages.search([], order="id desc", limit=1).id
        with clock.at(day, self.env.cr):
            document = getattr(self, f"_tell_{event.verb}")(day, **event.values)
            self.env.flush_all()
            self.env.cr.precommit.run()
            # the job does it within a minute
            wallets = self.env["loyalty.b2b.wallet"].sudo()
            wallets.browse(wallets._query_unsettled(0, 100))._settle_job()
        self.documents[event.name] = document
        # what people read beside the document should tell the same day
        written = messages.search([("id", ">", last)])
        written.date = fields.Datetime.to_datetime(day) + timedelta(hours=9)

    # === START === #

    def _tell_start(self, day, enrolled, invited):
        program = self.program.with_user(self.env.ref("base.user_admin"))
        program.action_start()
        program._enrol(self._get_partners(enrolled))
        program._enrol(self._get_partners(invited), state="invited")
        return program

    # === PURCHASES === #

    def _tell_invoice(self, day, customer, lines):
        move = self._as("accountant")["account.move"].create(
            {
                "move_type": "out_invoice",
                "partner_id": self._get_partner(customer).id,
                "invoice_user_id": self._get_salesperson(customer).id,
                "invoice_date": day,
                "invoice_line_ids": [
                    Command.create({"product_id": product.id, "quantity": quantity})
                    for product, quantity in self._read_lines(lines)
                ],
            }
        )
        move.action_post()
        return move

    def _tell_quotation(self, day, customer, lines, points=0, contact=None):
        user = self._get_salesperson(customer)
        order = self.env(user=user)["sale.order"].create(
            {
                "partner_id": self._get_partner(customer).id,
                "user_id": user.id,
                "date_order": fields.Datetime.now(),
                "validity_date": day + timedelta(days=30),
                "order_line": [
                    Command.create(
                        {"product_id": product.id, "product_uom_qty": quantity}
                    )
                    for product, quantity in self._read_lines(lines)
                ],
            }
        )
        if points:
            asked = self._get_partner(contact) if contact else None
            self._use_points(order, points, asked)
        return order

    def _tell_order(self, day, down=0, **values):
        order = self._tell_quotation(day, **values)
        ago = (self.today - day).days
        if ago < ONLINE.get(values["customer"], 0) and not values.get("points"):
            # what the page of the quotation writes when somebody signs
            order.sudo().write(
                {
                    "signed_by": order.partner_id.name,
                    "signed_on": fields.Datetime.now(),
                }
            )
        order.action_confirm()
        self._invoice(day, order, down)
        return order

    def _tell_rest(self, day, of):
        order = self.documents[of]
        self._invoice(day, order)
        return order

    def _invoice(self, day, order, down=0):
        """Invoice an order as its salesperson; the accountant posts it.

        :param int down: percent of a down payment; 0 invoices all that is left.
        """
        method = "percentage" if down else "delivered"
        wizard = order.env["sale.advance.payment.inv"].create(
            {
                "advance_payment_method": method,
                "amount": down,
                "sale_order_ids": [Command.set(order.ids)],
            }
        )
        known = order.sudo().invoice_ids
        wizard.create_invoices()
        move = (order.sudo().invoice_ids - known).with_env(self._as("accountant"))
        move.invoice_date = day
        move.action_post()
        return move

    def _use_points(self, order, points, contact=None):
        wizard = order.env["loyalty.b2b.use.points"].create(
            {
                "order_id": order.id,
                "points": points,
                "contact_id": contact.id if contact else False,
            }
        )
        wizard.action_apply()

    def _tell_release(self, day, of):
        order = self.documents[of]
        order.action_remove_loyalty_b2b_use()
        return order

    # === CORRECTIONS === #

    def _tell_credit(self, day, of, note, lines="", share=1.0):
        """Credit an invoice: all of it, a share of each line, or some products."""
        credit = self._reverse(day, of, note)
        wanted = {product: quantity for product, quantity in self._read_lines(lines)}
        for line in credit.invoice_line_ids:
            if lines:
                line.quantity = wanted.get(line.product_id, 0)
            elif share != 1:
                self._reduce(line, share)
        credit.action_post()
        return credit

    def _reduce(self, line, share):
        """Credit a share of a line: fewer pieces, or less of a discount."""
        if line.quantity == 1:
            line.price_unit *= share
        else:
            line.quantity *= share

    def _tell_price(self, day, of, amount, note):
        """Credit a difference in price: one line with an amount, nothing returned."""
        credit = self._reverse(day, of, note)
        line = credit.invoice_line_ids[0]
        (credit.invoice_line_ids - line).unlink()
        line.write({"quantity": 1, "price_unit": amount, "name": note})
        credit.action_post()
        return credit

    def _reverse(self, day, of, note):
        """Return the draft credit note of an invoice."""
        move = self._get_invoice(of)
        wizard = (
            self._as("accountant")["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=move.ids)
            .create({"journal_id": move.journal_id.id, "date": day, "reason": note})
        )
        wizard.refund_moves()
        return wizard.new_move_ids

    def _tell_amend(self, day, of, product, quantity):
        move = self._get_invoice(of)
        move.button_draft()
        line = move.invoice_line_ids.filtered(
            lambda line: line.product_id == self._get_product(product)
        )
        line.quantity = quantity
        move.action_post()
        return move

    def _tell_adjust(self, day, customer, points, note):
        admin = self.env(user=self.env.ref("base.user_admin"))
        wizard = admin["loyalty.b2b.adjust"].create(
            {"wallet_id": self._get_wallet(customer).id, "points": points, "note": note}
        )
        wizard.action_adjust()

    def _tell_level(self, day, customer, level, months, note):
        admin = self.env(user=self.env.ref("base.user_admin"))
        wizard = admin["loyalty.b2b.tier.set"].create(
            {
                "wallet_id": self._get_wallet(customer).id,
                "tier_id": self.env.ref(f"loyalty_b2b.demo_tier_{level}").id,
                "date_until": periods.lot_expiry(day, months),
                "reason": note,
            }
        )
        wizard.action_set()

    def _tell_opening(self, day, customer, points, months, note):
        wallet = self._get_wallet(customer)
        return wallet._open_balance(
            points,
            f"opening:{wallet.id}:demo",
            note=note,
            date_expiry=periods.lot_expiry(day, months),
        )

    def _tell_expire(self, day, customer):
        return self._get_wallet(customer)._expire()

    # === PAYMENTS === #

    def _tell_pay(self, day, older_than):
        """Let the bank register what customers paid."""
        moves = self._as("accountant")["account.move"].search(
            [
                ("company_id", "=", self.program.company_id.id),
                ("move_type", "=", "out_invoice"),
                ("state", "=", "posted"),
                ("payment_state", "in", ("not_paid", "partial")),
                ("invoice_date", "<=", day - timedelta(days=older_than)),
            ]
        )
        wizard = (
            moves.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=moves.ids)
            .create({"payment_date": day, "group_payment": True})
        )
        wizard._create_payments()
        return moves

    # === READING === #

    def _as(self, name):
        """Return the environment of a demo user."""
        return self.env(user=self.env.ref(f"loyalty_b2b.demo_user_{name}"))

    def _get_partner(self, name):
        return self.env.ref(f"loyalty_b2b.demo_partner_{name}")

    def _get_partners(self, names):
        partners = self.env["res.partner"]
        return partners.concat(*(self._get_partner(name) for name in names))

    def _get_salesperson(self, customer):
        return self._get_partner(customer).user_id

    def _get_product(self, name):
        return self.env.ref(f"loyalty_b2b.demo_product_{name}")

    def _get_wallet(self, customer):
        return self._get_partner(customer)._get_loyalty_b2b_wallet(
            self.program.company_id
        )

    def _get_invoice(self, name):
        """Return the invoice that an earlier event made, by itself or of an order."""
        document = self.documents[name]
        if document._name == "sale.order":
            document = document.sudo().invoice_ids
        return document.with_env(self._as("accountant"))[:1]

    def _read_lines(self, text):
        """Return (product, quantity) of `drill 2, panel 10`."""
        for part in filter(None, text.split(", ")):
            name, quantity = part.split(" ")
            yield self._get_product(name), float(quantity)
