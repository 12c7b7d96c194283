import { registry } from "@web/core/registry";

const BLOCK = "#loyalty_b2b_use";
const TOTAL = `${BLOCK} .o_loyalty_b2b_use_total`;
const PLUS = "#cart_products [name='website_sale_cart_line_quantity'] a[title='Add one']";
const PLUS_PHONE =
    "#cart_products [name='website_sale_cart_line_quantity_mobile'] a[title='Add one']";

function plus() {
    return {
        content: "One more of it",
        trigger: `${PLUS}:visible, ${PLUS_PHONE}:visible`,
        run: "click",
    };
}

registry.category("web_tour.tours").add("loyalty_b2b_cart_points", {
    steps: () => [
        {
            content: "The form opens in its place",
            trigger: `${BLOCK} .o_loyalty_b2b_cart_open`,
            run: "click",
        },
        {
            content: "All that the cart takes",
            trigger: `${BLOCK} .o_loyalty_b2b_use_most`,
            run: "click",
        },
        { trigger: `${TOTAL}:contains(0.00)` },
        plus(),
        {
            content: "The form stays open and knows the larger cart",
            trigger: `${TOTAL}:contains(246.00)`,
        },
        {
            content: "Some points",
            trigger: `${BLOCK} input#loyalty_use_points`,
            run: "edit 2000",
        },
        { trigger: `${TOTAL}:contains(221.40)` },
        {
            content: "Choose them",
            trigger: `${BLOCK} .o_loyalty_b2b_use_submit:enabled`,
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: `${BLOCK}:contains(2,000 points used)` },
        {
            content: "It stands beside the total",
            trigger: "tr[name='o_order_loyalty_b2b']:contains(20.00)",
        },
        plus(),
        {
            content: "The total follows, the discount stays",
            trigger: "tr[name='o_order_total']:contains(344.40)",
        },
        {
            content: "It still opens",
            trigger: `${BLOCK} .o_loyalty_b2b_cart_open:contains(Change)`,
            run: "click",
        },
        {
            content: "Without them",
            trigger: `${BLOCK} [name='loyalty_used'] button[type='submit']`,
            run: "click",
            expectUnloadPage: true,
        },
        { trigger: "tr[name='o_order_total']:contains(369.00)" },
        { trigger: `${BLOCK} .o_loyalty_b2b_cart_open` },
    ],
});
