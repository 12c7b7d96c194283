import { rpc } from "@web/core/network/rpc";
import { registry } from "@web/core/registry";
import { Interaction } from "@web/public/interaction";

/**
 * The block *Use points* of a quotation's page: field and slider go together, the new
 * total is computed by the server, and the button says whether somebody is asked.
 */
export class LoyaltyB2bOrderPoints extends Interaction {
    static selector = ".o_loyalty_b2b_use_form";
    dynamicContent = {
        ".o_loyalty_b2b_use_number": { "t-on-input": (ev) => this.choose(ev.target.value) },
        ".o_loyalty_b2b_use_range": { "t-on-input": (ev) => this.choose(ev.target.value) },
        ".o_loyalty_b2b_use_most": {
            "t-on-click": (ev) => this.choose(ev.currentTarget.dataset.most),
        },
        _root: { "t-on-submit": this.onSubmit },
        ".o_loyalty_b2b_use_total": { "t-out": () => this.total },
        ".o_loyalty_b2b_use_amount": { "t-out": () => this.amount },
        ".o_loyalty_b2b_use_refusal": {
            "t-out": () => this.refusal,
            "t-att-class": () => ({ "d-none": !this.refusal }),
        },
        ".o_loyalty_b2b_use_ask, .o_loyalty_b2b_use_submit_ask": {
            "t-att-class": () => ({ "d-none": !this.asks }),
        },
        ".o_loyalty_b2b_use_submit": {
            "t-att-class": () => ({ "d-none": this.asks }),
        },
        "button[type='submit']": {
            "t-att-disabled": () => (this.isSent || this.refusal ? "disabled" : undefined),
        },
    };

    setup() {
        this.number = this.el.querySelector(".o_loyalty_b2b_use_number");
        this.range = this.el.querySelector(".o_loyalty_b2b_use_range");
        this.total = this.el.querySelector(".o_loyalty_b2b_use_total").textContent;
        this.amount = "";
        this.refusal = "";
        this.isSent = false;
        this.latest = 0;
        this.alone = Number(this.el.dataset.alone);
        this.asks = this.alone === 0;
        this.ask = this.debounced(this.preview, 250);
    }

    choose(points) {
        this.number.value = points;
        this.range.value = points || 0;
        this.asks = this.alone === 0 || Number(points) > this.alone;
        this.refusal = "";
        this.ask();
    }

    /** What was typed last counts, whichever answer comes last. */
    async preview() {
        const turn = ++this.latest;
        if (!this.number.value) {
            return;
        }
        const found = await this.waitFor(
            rpc(`${this.el.dataset.url}/preview`, {
                points: this.number.value,
                access_token: this.el.dataset.token,
            })
        );
        if (turn !== this.latest || !found.total) {
            return;
        }
        this.total = found.total;
        this.amount = found.amount ? `(−${found.amount})` : "";
        this.refusal = found.refusal;
        if (!found.refusal) {
            this.asks = found.asks;
        }
        this.updateContent();
    }

    /** A double click sends one form; the server would take two for one as well. */
    onSubmit(ev) {
        if (this.isSent) {
            ev.preventDefault();
        }
        this.isSent = true;
    }
}

registry.category("public.interactions").add("loyalty_b2b.order_points", LoyaltyB2bOrderPoints);
