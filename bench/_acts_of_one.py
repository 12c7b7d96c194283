"""What a customer's documents and people do with one wallet, act by act."""

from unittest.mock import patch

import _fixtures as make

PAGE = "/my/loyalty"


class Acts:
    """The acts of one customer; each has a preparation, which is not measured."""

    NAMES = {
        "post an invoice": ("draft", "post"),
        "post an order's second invoice": ("draft_of_rest", "post"),
        "post a linked credit note": ("draft_credit", "post"),
        "post a batch of 50": ("draft_batch", "post"),
        "reset an invoice to draft": ("posted", "reset"),
        "pay an invoice that waited for it": ("unpaid", "pay"),
        "settle the wallet, as the job does": ("posted", "settle"),
        "use points on a quotation": ("order", "use_points"),
        "confirm an order with points": ("order_with_points", "confirm"),
        "invoice an order with points": ("draft_with_points", "post"),
        "read an order form's points": ("order_with_points", "read_order"),
        "read the wallet's figures": ("itself", "read_wallet"),
        "portal wallet page": ("sign_in", "get_page"),
    }

    def __init__(self, env, program, product, wallet):
        self.env = env
        self.program = program
        self.product = product
        self.wallet = wallet
        self.customer = wallet.partner_id

    def get(self, name):
        """Return (prepare, act): what is prepared is handed to the act."""
        return getattr(self, self.NAMES[name][0]), getattr(self, self.NAMES[name][1])

    # === DOCUMENTS === #

    def draft(self, count=1, lines=5):
        return make.make_invoices(self.env, self.customer, self.product, count, lines)

    def draft_batch(self):
        return self.draft(50, 2)

    def post(self, moves):
        moves._post()

    def reset(self, moves):
        moves.button_draft()

    def posted(self):
        moves = self.draft()
        moves._post()
        return moves

    def draft_of_rest(self):
        order = self.order()
        order.action_confirm()
        first = order._create_invoices(final=True)
        first.invoice_line_ids.quantity = 0.5
        first._post()
        return order._create_invoices(final=True)

    def draft_credit(self):
        invoice = self.posted()
        return invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])

    def unpaid(self):
        terms = self.program._get_terms()._replace(
            activation="payment", uses_payment=True
        )
        with patch.object(type(self.program), "_get_terms", lambda program: terms):
            return self.posted()

    def pay(self, moves):
        """Let the wallet compare points and payment: the rest is Odoo's own."""
        moves.payment_state = "paid"
        self.wallet._activate(moves.ids)

    def settle(self, _moves):
        wallets = self.env["loyalty.b2b.wallet"]
        wallets.browse(wallets._query_unsettled(0, 200))._settle_job()

    # === POINTS === #

    def order(self):
        return make.make_order(self.env, self.customer, self.product)

    def use_points(self, order):
        self.env["loyalty.b2b.use.points"].create(
            {"order_id": order.id, "points": 20}
        ).action_apply()

    def order_with_points(self):
        order = self.order()
        self.use_points(order)
        return order

    def confirm(self, order):
        order.action_confirm()

    def draft_with_points(self):
        order = self.order_with_points()
        order.action_confirm()
        return order._create_invoices()

    def read_order(self, order):
        order.read(["loyalty_b2b_can_use", "loyalty_b2b_points"])

    def itself(self):
        return self.wallet

    def read_wallet(self, wallet):
        wallet.read(["available", "held", "next_expiry_date"])

    # === PORTAL === #

    def sign_in(self):
        """Return a browser in which a person of the customer is signed in."""
        login = f"bench.{self.customer.id}"
        user = self.env["res.users"].search([("login", "=", login)])
        user = user or make.make_portal_user(self.env, self.customer, login)
        return make.sign_in(self.env, user)

    def get_page(self, client):
        page = client.get(PAGE)
        if page.status_code != 200 or "Available" not in page.text:
            raise AssertionError(f"{PAGE}: {page.status}")
