from odoo.http import request, route

from odoo.addons.loyalty_b2b.controllers.order_points import (
    LoyaltyB2bOrderPoints,
    check_reason,
    get_key,
    has_note,
    take_note,
    try_change,
)
from odoo.addons.loyalty_b2b.controllers.portal import MAX_ID
from odoo.addons.loyalty_b2b.tools.typed import parse_points

BLOCK = "loyalty_b2b_website_sale.cart_points"


class LoyaltyB2bCartPoints(LoyaltyB2bOrderPoints):
    """Points on the visitor's own cart. Nothing else can be named in a request.

    In the cart points are chosen; they are held when the payment starts.
    """

    # === PAGE === #

    @route(
        "/shop/loyalty/block",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def shop_loyalty_b2b_block(self, **kwargs):
        """Return the open block *Use points* of the visitor's cart; '' if none."""
        block = prepare_block(request.cart, is_open=True)
        if not block:
            return ""
        return request.env["ir.ui.view"]._render_template(
            BLOCK, {"loyalty_b2b_cart": block}
        )

    @route(
        "/shop/loyalty/preview",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def shop_loyalty_b2b_preview(self, points=0, **kwargs):
        """Return the new total for a number of points; {} where there is nothing."""
        cart = request.cart
        wallet = cart._get_loyalty_b2b_shop_wallet()
        if not wallet:
            return {}
        return cart._preview_loyalty_b2b_portal_use(
            wallet, request.env.user.partner_id, parse_points(points)
        )

    # === ACTS === #

    @route(
        "/shop/loyalty/use", type="http", auth="user", website=True, methods=["POST"]
    )
    def shop_loyalty_b2b_use(self, points="", **kwargs):
        """Choose points for the cart, or ask who decides about them."""
        return self._change_loyalty_b2b_shop_cart(
            kwargs,
            lambda cart, wallet, person: cart._use_loyalty_b2b_portal_points(
                wallet,
                person,
                parse_points(points),
                reason=check_reason(kwargs.get("reason")),
                request_key=get_key(kwargs.get("request_key")),
            ),
        )

    @route(
        "/shop/loyalty/remove", type="http", auth="user", website=True, methods=["POST"]
    )
    def shop_loyalty_b2b_remove(self, **kwargs):
        """Take the points off the cart; a second click changes nothing."""
        return self._change_loyalty_b2b_shop_cart(
            kwargs,
            lambda cart, wallet, person: cart._remove_loyalty_b2b_portal_use(
                wallet, person
            ),
        )

    @route(
        "/shop/loyalty/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def shop_loyalty_b2b_withdraw(self, wish_id=None, **kwargs):
        """Take back the wish that waits; a second click changes nothing."""
        number = parse_id(wish_id)
        return self._change_loyalty_b2b_shop_cart(
            kwargs,
            lambda cart, wallet, person: (
                cart._withdraw_loyalty_b2b_shop_reward(wallet, person, number)
                if number
                else cart._withdraw_loyalty_b2b_portal_wish(wallet, person)
            ),
        )

    @route(
        "/shop/loyalty/reward/add",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def shop_loyalty_b2b_reward_add(self, reward_id=None, **kwargs):
        """Put a reward into the cart, or ask for it; the same form twice is one."""
        typed = {"quantity": "1", **kwargs}
        return self._change_loyalty_b2b_shop_cart(
            kwargs,
            lambda cart, wallet, person: cart._add_loyalty_b2b_shop_reward(
                wallet, person, parse_id(reward_id), typed
            ),
        )

    @route(
        "/shop/loyalty/reward/remove",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def shop_loyalty_b2b_reward_remove(self, use_id=None, **kwargs):
        """Take a reward out of the cart; a second click changes nothing."""

        def remove(cart, _wallet, person):
            uses = cart._get_loyalty_b2b_rewards()
            for use in uses.filtered(lambda one: one.id == parse_id(use_id)):
                cart._remove_loyalty_b2b_shop_use(use, person)

        return self._change_loyalty_b2b_shop_cart(kwargs, remove)

    @route(
        "/shop/loyalty/update", type="http", auth="user", website=True, methods=["POST"]
    )
    def shop_loyalty_b2b_update(self, **kwargs):
        """Compute what points take off anew, after the cart has changed.

        Also for a visitor who may not see the points any more: his cart is his.
        """
        cart = request.cart
        try_change(cart, cart._follow_loyalty_b2b_cart)
        return self._return_to_loyalty_b2b_shop_cart(cart, kwargs.get("back"))

    # === PARTS === #

    def _prepare_loyalty_b2b_order_use(self, order, access_token):
        # chosen in the shop, until somebody sends the cart as a quotation
        if order.state == "draft" and order.sudo()._is_loyalty_b2b_cart():
            return {}
        return super()._prepare_loyalty_b2b_order_use(order, access_token)

    def _change_loyalty_b2b_shop_cart(self, form, change):
        """Change the visitor's cart, and show the page again that he came from.

        :param change: function of cart, wallet and person; may raise UserError.
        """
        cart = request.cart
        if wallet := cart._get_loyalty_b2b_shop_wallet():
            person = request.env.user.partner_id

            def try_it():
                cart._check_loyalty_b2b_shop_cart(form.get("order_id"))
                change(cart, wallet, person)

            try_change(cart, try_it)
        return self._return_to_loyalty_b2b_shop_cart(cart, form.get("back"))

    def _return_to_loyalty_b2b_shop_cart(self, cart, back):
        """Show the cart's page, open where it says why not; or the payment page.

        :param back: `payment`, or anything for the cart.
        """
        is_refused = has_note(cart)
        if back == "payment" and not is_refused:
            return request.redirect("/shop/payment")
        query = "?points=1" if is_refused else ""
        return request.redirect(f"/shop/cart{query}#loyalty_b2b_use")


def prepare_block(cart, is_open=False):
    """Return the block *Use points* with what came of the last try; {} if none."""
    block = cart._prepare_loyalty_b2b_shop_block(is_open)
    return {**block, **take_note(cart, block)} if block else {}


def parse_id(text):
    """Return a record's id as it was sent, 0 for what is none."""
    number = parse_points(text)
    return number if number <= MAX_ID else 0
