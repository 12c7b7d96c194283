import re

from odoo.exceptions import UserError
from odoo.http import request, route
from odoo.tools import consteq

from odoo.addons.sale.controllers.portal import CustomerPortal

from ..tools.plaintext import clean, has_link
from ..tools.typed import parse_points
from .portal import MAX_ID

NOTE = "loyalty_b2b_order_note"


class LoyaltyB2bOrderPoints(CustomerPortal):
    """Points on the quotation's own page, for persons of the wallet who signed in.

    Who came by the link and did not sign in sees nothing of points, nor does anybody
    of another company.
    """

    # === PAGE === #

    @route()
    def portal_order_page(self, order_id, *args, **kwargs):
        response = super().portal_order_page(order_id, *args, **kwargs)
        values = getattr(response, "qcontext", None) or {}
        order = values.get("sale_order")
        if order:
            token = kwargs.get("access_token")
            values["loyalty_b2b_use"] = self._prepare_loyalty_b2b_order_use(
                order, token
            )
        return response

    @route(
        "/my/loyalty/order/<int:order_id>/preview",
        type="jsonrpc",
        auth="user",
        website=True,
        readonly=True,
    )
    def portal_loyalty_b2b_order_preview(
        self, order_id, points=0, access_token=None, **kwargs
    ):
        """Return the new total for a number of points; {} where there is nothing."""
        order, wallet = self._visit_loyalty_b2b_order(order_id, access_token)
        if not wallet:
            return {}
        return order._preview_loyalty_b2b_portal_use(
            wallet, request.env.user.partner_id, parse_points(points)
        )

    # === ACTS === #

    @route(
        "/my/loyalty/order/<int:order_id>/use",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_order_use(self, order_id, points="", **kwargs):
        """Use points on the quotation, or ask who decides about them."""
        return self._change_loyalty_b2b_order(
            order_id,
            kwargs,
            lambda order, wallet, person: order._use_loyalty_b2b_portal_points(
                wallet,
                person,
                parse_points(points),
                reason=check_reason(kwargs.get("reason")),
                request_key=get_key(kwargs.get("request_key")),
            ),
        )

    @route(
        "/my/loyalty/order/<int:order_id>/remove",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_order_remove(self, order_id, **kwargs):
        """Take the discount for points off; a second click changes nothing."""
        return self._change_loyalty_b2b_order(
            order_id,
            kwargs,
            lambda order, wallet, person: order._remove_loyalty_b2b_portal_use(
                wallet, person
            ),
        )

    @route(
        "/my/loyalty/order/<int:order_id>/withdraw",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_order_withdraw(self, order_id, **kwargs):
        """Take back the wish that waits; a second click changes nothing."""
        return self._change_loyalty_b2b_order(
            order_id,
            kwargs,
            lambda order, wallet, person: order._withdraw_loyalty_b2b_portal_wish(
                wallet, person
            ),
        )

    # === WHO MAY SEE WHAT === #

    def _visit_loyalty_b2b_order(self, order_id, access_token=None):
        """Return the order in sudo and the visitor's wallet for it, or two empty ones.

        :param str access_token: of the order, or whatever was sent.
        """
        orders = request.env["sale.order"].sudo()
        wallets = request.env.user.partner_id._get_loyalty_b2b_portal_wallets()
        order = orders.browse(order_id if 0 < order_id <= MAX_ID else []).exists()
        if not order or not self._can_open_loyalty_b2b_order(order, access_token):
            return orders, wallets.browse()
        return order, order._get_loyalty_b2b_visited_wallet(wallets)

    def _can_open_loyalty_b2b_order(self, order, access_token):
        """Tell whether the visitor may open the order's page."""
        if order.with_user(request.env.user).has_access("read"):
            return True
        token = str(access_token or "")
        return bool(
            order.access_token
            and token.isascii()
            and consteq(order.access_token, token)
        )

    # === VALUES === #

    def _prepare_loyalty_b2b_order_use(self, order, access_token):
        """Return the block *Use points*; {} for whom it does not concern."""
        if request.env.user._is_public():
            return {}
        found, wallet = self._visit_loyalty_b2b_order(order.id, access_token)
        person = request.env.user.partner_id
        use = found._prepare_loyalty_b2b_portal_use(wallet, person) if wallet else {}
        if not use:
            return {}
        return {**use, "access_token": str(access_token or ""), **take_note(order, use)}

    def _change_loyalty_b2b_order(self, order_id, form, change):
        """Change the use of points on an order, and show its page again.

        :param change: function of order, wallet and person; may raise UserError.
        """
        token = form.get("access_token")
        order, wallet = self._visit_loyalty_b2b_order(order_id, token)
        if not wallet:
            return request.redirect("/my")
        try_change(order, lambda: change(order, wallet, request.env.user.partner_id))
        query = f"?access_token={order.access_token}" if token else ""
        return request.redirect(f"/my/orders/{order.id}{query}#loyalty_b2b_use")


def try_change(order, change):
    """Change an order for a visitor; a refusal is kept for the page he comes back to.

    :param change: function without parameters; may raise UserError.
    """
    try:
        with request.env.cr.savepoint():
            change()
    except UserError as error:
        request.session[NOTE] = {
            "order_id": order.id,
            "error": str(error),
            "typed": {
                name: clean(request.params.get(name), 250)
                for name in ("points", "reason")
            },
        }


def has_note(order):
    """Tell whether the last try to change an order was refused, and nobody read why."""
    return (request.session.get(NOTE) or {}).get("order_id") == order.id


def take_note(order, use):
    """Return what the page tells of the last try; forgotten once it is read.

    :param dict use: of `_prepare_loyalty_b2b_portal_use`.
    :return: dict: `error`; `typed`, what was typed; `start`, the points to begin with.
    """
    note = request.session.pop(NOTE) if has_note(order) else {}
    typed = note.get("typed", {})
    return {
        "error": note.get("error", ""),
        "start": typed.get("points") or use["use"].get("number") or 0,
        "typed": typed,
    }


def get_key(text):
    """Return the form's key, if it is one of ours."""
    key = str(text or "")
    return key if re.fullmatch(r"[0-9a-f]{32}", key) else None


def check_reason(text):
    """Return why points are wished for, as one line that others read.

    :raises UserError: if it could be read as a web address.
    """
    reason = clean(text, 250)
    if has_link(reason):
        raise UserError(request.env._("The reason contains no web addresses."))
    return reason
