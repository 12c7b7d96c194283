import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { patch } from "@web/core/utils/patch";
import { setElementContent } from "@web/core/utils/html";
import { Interaction } from "@web/public/interaction";
import { markup } from "@odoo/owl";
import wSaleUtils from "@website_sale/js/website_sale_utils";

const BLOCK = "loyalty_b2b_website_sale.cart_points";
const CHANGED = "loyalty_b2b_cart_changed";

// The cart's page renders its parts anew after each change; ours with them.
patch(wSaleUtils, {
    updateCartNavBar(data) {
        super.updateCartNavBar(...arguments);
        const summary = document.querySelector(".o_wsale_shorter_cart_summary");
        summary?.dispatchEvent(new CustomEvent(CHANGED, { detail: { block: data[BLOCK] } }));
    },
});

/**
 * The cart's summary, whose content comes and goes: *Use points* opens in its place,
 * and follows the cart. Without scripts the button is a link to the opened page.
 */
export class LoyaltyB2bCartPoints extends Interaction {
    static selector = ".o_wsale_shorter_cart_summary";
    dynamicContent = {
        _root: {
            [`t-on-${CHANGED}`]: this.onCartChanged,
            "t-on-click": this.onClick,
        },
    };

    setup() {
        this.isOpen = Boolean(this.el.querySelector("#loyalty_b2b_use[data-open]"));
        this.latest = 0;
    }

    async onClick(ev) {
        if (ev.target.closest(".o_loyalty_b2b_cart_open")) {
            ev.preventDefault();
            await this.open();
            this.el.querySelector("#loyalty_use_points")?.focus();
        }
    }

    async onCartChanged(ev) {
        if (this.isOpen) {
            await this.open();
        } else if (ev.detail.block !== undefined) {
            this.show(ev.detail.block);
        }
    }

    /** What was asked for last counts, whichever answer comes last. */
    async open() {
        const turn = ++this.latest;
        const block = await this.waitFor(rpc("/shop/loyalty/block", {}));
        if (turn === this.latest) {
            this.isOpen = true;
            this.show(block);
        }
    }

    show(block) {
        const place = this.el.querySelector(".o_loyalty_b2b_cart");
        if (!place) {
            return;
        }
        this.services["public.interactions"].stopInteractions(place);
        setElementContent(place, markup(block));
        this.services["public.interactions"].startInteractions(place);
    }
}

registry.category("public.interactions").add("loyalty_b2b.cart_points", LoyaltyB2bCartPoints);
