import { patch } from "@web/core/utils/patch";
import { setElementContent } from "@web/core/utils/html";
import { markup } from "@odoo/owl";
import { Checkout } from "@website_sale/interactions/checkout";

// The delivery may change what points take off.
patch(Checkout.prototype, {
    _updateCartSummary(result, target) {
        super._updateCartSummary(...arguments);
        const amounts = result.loyalty_b2b_discounts || [];
        const shown = target.querySelectorAll(".o_loyalty_b2b_amount");
        if (shown.length !== amounts.length) {
            location.reload();
            return;
        }
        shown.forEach((el, i) => setElementContent(el, markup(amounts[i])));
    },
});
