from unittest.mock import patch

from .use_common import UseCommon


class CartCommon(UseCommon):
    """Orders whose source says so are carts; the wallet has 1 000 points."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.lot = cls._give_points(1000)
        cls.startClassPatcher(
            patch.object(
                cls.env.registry["sale.order"],
                "_is_loyalty_b2b_cart",
                lambda order: order.origin == "cart" and order.state != "sale",
            )
        )
        cls.provider = cls._create_provider()

    @classmethod
    def _create_cart(cls, points=0, price=100.0, **values):
        """Return a cart, and the points chosen in it if there are any."""
        cart = cls._create_order(
            [(cls.product, 1, price)],
            origin="cart",
            require_payment=True,
            prepayment_percent=1.0,
            **values,
        )
        return cart, cls._use_points(cart, points) if points else None

    @classmethod
    def _start(cls, cart):
        """Start a payment of the cart; return the transaction, a draft."""
        cart._hold_loyalty_b2b_for_payment()
        return cls._create_payment(cart, cls.provider)

    @classmethod
    def _elsewhere(cls, points):
        """Let a colleague use points elsewhere."""
        cls.wallet._take("redeem", points, f"test:elsewhere:{points}")
