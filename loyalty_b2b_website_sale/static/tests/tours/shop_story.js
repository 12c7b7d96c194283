import { registry } from "@web/core/registry";

const TOTAL = "tr[name='o_order_total'] .oe_currency_value";

function add(name, steps) {
    registry.category("web_tour.tours").add(name, { steps });
}

/** Fail where something is wider than the screen. */
function fits() {
    return {
        content: "Nothing is wider than the screen",
        trigger: "body",
        run: () => {
            const wide = document.documentElement.scrollWidth;
            if (wide > window.innerWidth) {
                throw new Error(`The page is ${wide} px wide`);
            }
        },
    };
}

function goTo(url) {
    return {
        content: `Go to ${url}`,
        trigger: "body",
        run: () => {
            window.location.href = url;
        },
        expectUnloadPage: true,
    };
}

/** From the cart to address and delivery. */
function checkOut() {
    return {
        content: "Check out",
        trigger: "a[href^='/shop/checkout']:visible",
        run: "click",
        expectUnloadPage: true,
    };
}

/** From there to the page where it is paid. */
function goOn() {
    return {
        content: "Address and delivery are known",
        trigger: "a[href^='/shop/payment']:visible:not(.disabled)",
        run: "click",
        expectUnloadPage: true,
    };
}

/** Pay by the simulated provider, to an end. */
function pay(state) {
    return [
        {
            content: "What the bank will answer",
            trigger: "select#simulated_payment_state",
            run: `select ${state}`,
        },
        {
            trigger: `select#simulated_payment_state:value(${state})`,
        },
        {
            content: "Some card",
            trigger: "input[name='customer_input']",
            run: "edit 4242424242424242",
        },
        {
            trigger: "input[name='customer_input']:value(4242424242424242)",
        },
        {
            content: "Pay",
            trigger: "button[name='o_payment_submit_button']:visible:enabled",
            run: "click",
            expectUnloadPage: true,
        },
    ];
}

add("loyalty_b2b_shop_join", () => [
    {
        content: "For whom one joins, and what one gets",
        trigger: "#join:contains('Budmax')",
    },
    fits(),
    {
        content: "Accept the terms",
        trigger: "form[name='loyalty_shop_join'] input#loyalty_accept",
        run: "check",
    },
    {
        trigger: "form[name='loyalty_shop_join'] input#loyalty_accept:checked",
    },
    {
        content: "Join",
        trigger: "form[name='loyalty_shop_join'] button[type='submit']",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "The welcome points are there",
        trigger: ".o_loyalty_b2b_portal [data-figure='available']:contains('500')",
    },
    fits(),
]);

add("loyalty_b2b_shop_earn", () => [
    {
        content: "The list says what a product earns",
        trigger: ".oe_product:contains('Drill') .o_loyalty_b2b_earns:contains('100 points')",
    },
    fits(),
    {
        content: "Open it",
        trigger: ".oe_product_cart a:text(Drill)",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "So does its page",
        trigger: "#product_detail .o_loyalty_b2b_earns_text:contains('100 points')",
    },
    {
        content: "Ten of them",
        trigger: "#product_detail input[name='add_qty']",
        run: "edit 10 && click body",
    },
    {
        content: "Earn ten times as much",
        trigger: "#product_detail .o_loyalty_b2b_earns_text:contains('1,000 points')",
    },
    fits(),
    {
        content: "Into the cart",
        trigger: "#add_to_cart:visible",
        run: "click",
    },
    {
        content: "They are in it",
        trigger: ".my_cart_quantity:visible:contains('10')",
    },
    goTo("/shop/cart"),
    {
        content: "What the order will earn",
        trigger: ".o_loyalty_b2b_cart_earns:visible [data-figure='earns']:contains('1,000')",
    },
    {
        content: "What there is",
        trigger: ".o_loyalty_b2b_cart_earns:visible [data-figure='balance']:contains('21,000')",
    },
    fits(),
]);

add("loyalty_b2b_shop_ask", () => [
    {
        content: "Open the block",
        trigger: ".o_loyalty_b2b_cart_open:visible",
        run: "click",
    },
    {
        content: "Who may not use points reads at once whom to ask",
        trigger: "form:has(.o_loyalty_b2b_use_submit.d-none) .o_loyalty_b2b_use_submit_ask:visible",
    },
    {
        content: "How many points",
        trigger: ".o_loyalty_b2b_use_number",
        run: "edit 2000",
    },
    {
        content: "The new total is there before anything is asked",
        trigger: ".o_loyalty_b2b_use_total:contains('1,205.40')",
    },
    {
        content: "Why",
        trigger: ".o_loyalty_b2b_use_ask:not(.d-none) input[name='reason']",
        run: "edit For the fair",
    },
    {
        trigger: "input[name='reason']:value(For the fair)",
    },
    fits(),
    {
        content: "Ask the boss, by name",
        trigger: "button.o_loyalty_b2b_use_submit_ask:contains('Ask Jan Boss')",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "It waits, and can be withdrawn",
        trigger: "[name='loyalty_wish_waiting']:contains('2,000'):contains('Withdraw')",
    },
    {
        content: "The cart is as it was",
        trigger: `${TOTAL}:contains('1,230.00')`,
    },
]);

add("loyalty_b2b_shop_granted", () => [
    {
        content: "What the boss has answered",
        trigger:
            "[name='loyalty_wish_granted']:contains('Jan Boss'):contains('1,500'):contains('Keep some for May')",
    },
    {
        content: "It is in the total",
        trigger: `${TOTAL}:contains('1,211.55')`,
    },
    fits(),
]);

add("loyalty_b2b_shop_choose", () => [
    {
        content: "Open the block",
        trigger: ".o_loyalty_b2b_cart_open:visible",
        run: "click",
    },
    {
        content: "All there is",
        trigger: ".o_loyalty_b2b_use_most",
        run: "click",
    },
    {
        trigger: ".o_loyalty_b2b_use_total:contains('971.70')",
    },
    {
        content: "Fewer",
        trigger: ".o_loyalty_b2b_use_number",
        run: "edit 8000",
    },
    {
        content: "The new total",
        trigger: ".o_loyalty_b2b_use_total:contains('1,131.60')",
    },
    fits(),
    {
        content: "Use them",
        trigger: "button.o_loyalty_b2b_use_submit:visible",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "They are chosen",
        trigger: "[name='loyalty_used']:contains('8,000')",
    },
    {
        content: "The total is what was shown",
        trigger: `${TOTAL}:contains('1,131.60')`,
    },
    fits(),
]);

add("loyalty_b2b_shop_fail", () => [
    checkOut(),
    goOn(),
    {
        content: "The payment page names the points",
        trigger: "#loyalty_b2b_payment:contains('8,000')",
    },
    fits(),
    ...pay("error"),
    {
        content: "It failed, says the last page",
        trigger: "body:has(#order_name) .alert-danger:visible",
    },
    goTo("/shop/cart"),
    {
        content: "The choice is still there",
        trigger: "[name='loyalty_used']:contains('8,000')",
    },
]);

add("loyalty_b2b_shop_second_tab", () => [
    goOn(),
    {
        content: "The cart is smaller than the points were chosen for",
        trigger: "[name='loyalty_payment_news']",
    },
    fits(),
    {
        content: "Update the points",
        trigger: "form[name='loyalty_update'] button[type='submit']",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "Half of the cart",
        trigger: "#loyalty_b2b_payment:contains('5,000')",
    },
    {
        content: "The new total",
        trigger: `body:has(${TOTAL}:contains("61.50"))`,
    },
    ...pay("done"),
    {
        content: "Paid",
        trigger: "[name='order_confirmation']",
    },
    {
        content: "What it will earn",
        trigger: ".o_loyalty_b2b_order_earns:contains('50')",
    },
    fits(),
]);

add("loyalty_b2b_shop_history", () => [
    {
        content: "What was used",
        trigger: "tr[data-entry]:contains('5,000')",
    },
    {
        content: "What was earned",
        trigger: "tr[data-entry]:contains('50')",
    },
    fits(),
]);
