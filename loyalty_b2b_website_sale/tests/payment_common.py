from .shop_common import ShopCommon


class PaymentCommon(ShopCommon):
    """Carts of the customer's people, paid by a simulated payment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(1000)
        cls.wallet._grant(cls.boss.partner_id, "administers")
        cls.wallet._grant(cls.buyer.partner_id, "uses")
        cls.service = cls._create_goods("Training", 100.0, type="service")
        cls.service.website_published = True
        provider = cls.env.ref("payment.payment_provider_demo").sudo()
        cls.provider = provider.copy({"company_id": cls.company.id, "state": "test"})
        cls.provider.is_published = True
        cls.provider.journal_id = cls.company_data["default_journal_bank"]
        cls.method = cls.provider.payment_method_ids[:1]
        cls.method.active = True

    @classmethod
    def _create_chosen(cls, points=600, price=100.0, user=None):
        """Return a cart in which points were chosen, and the choice."""
        cart = cls._create_cart(
            [(cls.service, 1, price)],
            user=user,
            require_payment=True,
            prepayment_percent=1.0,
        )
        person = (user or cls.boss).partner_id
        use = (
            cart.with_user(user or cls.boss)
            .sudo()
            ._use_loyalty_b2b_portal_points(cls.wallet, person, points)
        )
        return cart, use.with_env(cls.env)

    def _start(self, cart, user=None, **values):
        """Press *Pay now* in the shop; return the transaction."""
        login = (user or self.boss).login
        self.authenticate(login, login)
        before = cart.transaction_ids
        self.make_jsonrpc_request(
            f"/shop/payment/transaction/{cart.id}",
            {
                "access_token": cart._portal_ensure_token(),
                "provider_id": self.provider.id,
                "payment_method_id": self.method.id,
                "token_id": None,
                "amount": cart.amount_total,
                "flow": "direct",
                "tokenization_requested": False,
                "landing_route": "/shop/payment/validate",
                **values,
            },
        )
        cart.invalidate_recordset()
        return cart.transaction_ids - before

    def _simulate(self, transaction, state):
        """Let the bank answer, and the page that waits for it look."""
        self.make_jsonrpc_request(
            "/payment/demo/simulate_payment",
            {"reference": transaction.reference, "simulated_state": state},
        )
        self.make_jsonrpc_request("/payment/status/poll")
        self.env.invalidate_all()

    @classmethod
    def _elsewhere(cls, points):
        """Let a colleague use points elsewhere."""
        cls.wallet._take("redeem", points, f"test:elsewhere:{points}")
