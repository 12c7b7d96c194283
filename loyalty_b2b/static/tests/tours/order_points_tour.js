import { registry } from "@web/core/registry";

registry.category("web_tour.tours").add("loyalty_b2b_ask", {
    steps: () => [
        {
            content: "Who may not use points reads at once whom to ask",
            trigger: "form:has(.o_loyalty_b2b_use_submit.d-none) .o_loyalty_b2b_use_submit_ask:visible",
        },
        {
            content: "The slider and the field go together",
            trigger: ".o_loyalty_b2b_use_most",
            run: "click",
        },
        {
            content: "All that the quotation takes",
            trigger: ".o_loyalty_b2b_use_total:not(:contains('1,230.00'))",
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
            content: "Ask the boss, by name",
            trigger: "button.o_loyalty_b2b_use_submit_ask:contains('Ask Jan Boss')",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "It waits, and can be withdrawn",
            trigger: "[name='loyalty_wish_waiting']:contains('2,000'):contains('Withdraw')",
        },
    ],
});

registry.category("web_tour.tours").add("loyalty_b2b_reduce", {
    steps: () => [
        {
            content: "What is wished, by whom, and why",
            trigger:
                "[name='loyalty_approval_facts']:contains('Ewa Buk'):contains('2,000'):contains('For the fair')",
        },
        {
            content: "The three answers fit the screen",
            trigger: "[name='loyalty_approval_answers'] button[value='accepted']:visible",
            run: () => {
                const wide = document.documentElement.scrollWidth;
                if (wide > window.innerWidth) {
                    throw new Error(`The page is ${wide} px wide`);
                }
            },
        },
        {
            content: "Fewer",
            trigger: "summary[name='reduce']",
            run: "click",
        },
        {
            content: "So many",
            trigger: "details[open] input[name='points']",
            run: "edit 1500",
        },
        {
            content: "Why",
            trigger: "details[open] input[name='answer']",
            run: "edit Keep some for May",
        },
        {
            content: "Answer",
            trigger: "details[open] button[value='reduced']",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Thank you",
            trigger: "h1:contains('Thank you')",
        },
    ],
});

registry.category("web_tour.tours").add("loyalty_b2b_sign", {
    steps: () => [
        {
            content: "What the boss has answered",
            trigger:
                "[name='loyalty_wish_granted']:contains('Jan Boss'):contains('1,500'):contains('Keep some for May')",
        },
        {
            content: "Sign",
            trigger: "#sale_order_sidebar_button a:contains('Sign')",
            run: "click",
        },
        {
            content: "The name is the signature",
            trigger: ".modal .o_web_sign_name_and_signature input[name='signer']",
            run: "fill Ewa Buk",
        },
        {
            trigger: ".modal .o_web_sign_name_and_signature input:value(Ewa Buk)",
        },
        {
            content: "It is drawn",
            trigger: ".modal canvas.o_web_sign_signature",
            run: "canvasNotEmpty",
        },
        {
            content: "Accept",
            trigger: ".modal .o_portal_sign_submit:enabled",
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "Confirmed",
            trigger: "#quote_content:contains('Thank You!')",
        },
    ],
});
