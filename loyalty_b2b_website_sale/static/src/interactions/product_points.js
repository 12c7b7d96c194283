import { patch } from "@web/core/utils/patch";
import { WebsiteSale } from "@website_sale/interactions/website_sale";

patch(WebsiteSale.prototype, {
    /**
     * Say what the chosen variant, quantity and unit earn.
     *
     * @override
     */
    _onChangeCombination(ev, parent, combination) {
        super._onChangeCombination(...arguments);
        const text = combination.loyalty_b2b_earns || "";
        for (const el of parent.querySelectorAll(".o_loyalty_b2b_earns")) {
            el.querySelector(".o_loyalty_b2b_earns_text").textContent = text;
            el.classList.toggle("d-none", !text || !combination.is_combination_possible);
        }
    },
});
