from odoo.http import request, route

from odoo.addons.website_sale.controllers.cart import Cart

from .cart_points import BLOCK, prepare_block


class LoyaltyB2bCart(Cart):
    """The cart's page with the block *Use points*."""

    def _get_express_shop_payment_values(self, order, **kwargs):
        values = super()._get_express_shop_payment_values(order, **kwargs)
        block = prepare_block(order, is_open=request.params.get("points") == "1")
        values["loyalty_b2b_cart"] = block
        if block and bypasses_choice(block):
            values["providers_sudo"] = values["providers_sudo"].browse()
        return values

    @route()
    def update_cart(self, *args, **kwargs):
        values = super().update_cart(*args, **kwargs)
        block = prepare_block(request.cart) if request.cart else {}
        values[BLOCK] = (
            request.env["ir.ui.view"]._render_template(
                BLOCK, {"loyalty_b2b_cart": block}
            )
            if block
            else ""
        )
        return values


def bypasses_choice(block):
    """Tell whether to pay at once would pass over points that could be chosen.

    So it is while nothing is chosen though there are points, while a wish waits for
    an answer, and while what is chosen has to be updated.

    :param dict block: of `_prepare_loyalty_b2b_shop_block`.
    """
    if block["news"] or (block["wish"] and block["wish"]["state"] == "approve"):
        return True
    is_chosen = block["use"] or block["rewards"]
    return not block["refusal"] and block["has_points"] and not is_chosen
