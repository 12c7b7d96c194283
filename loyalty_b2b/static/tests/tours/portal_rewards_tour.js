import { registry } from "@web/core/registry";

const openRewards = {
    content: "Open the rewards",
    trigger: "a[name='loyalty_rewards']",
    run: "click",
    expectUnloadPage: true,
};

const onlyNow = {
    content: "Only what can be had now",
    trigger: "a[name='loyalty_now']",
    run: "click",
    expectUnloadPage: true,
};

const dearIsGone = {
    content: "What is too dear is not shown",
    trigger: "ul:not(:has(article:contains('Week on the coast')))",
};

function openCard(name) {
    return {
        content: `Choose ${name}`,
        trigger: `article:contains('${name}') a`,
        run: "click",
        expectUnloadPage: true,
    };
}

const redeem = {
    content: "Use the points",
    trigger: "form[name='loyalty_redeem'] button[name='redeem']",
    run: "click",
    expectUnloadPage: true,
};

function readState(state) {
    return {
        content: `It is ${state}`,
        trigger: `[name='loyalty_use_state'] .badge:contains('${state}')`,
    };
}

const openUses = {
    content: "All uses",
    trigger: "a[name='loyalty_uses']",
    run: "click",
    expectUnloadPage: true,
};

function openUse(name) {
    return {
        content: `Open the use of points for ${name}`,
        trigger: `tr[data-use]:contains('${name}') a`,
        run: "click",
        expectUnloadPage: true,
    };
}

registry.category("web_tour.tours").add("loyalty_b2b_reward_seat", {
    steps: () => [
        openRewards,
        {
            content: "What is missing for the dearest one",
            trigger: "article:contains('Week on the coast'):contains('2,850 points short')",
        },
        onlyNow,
        dearIsGone,
        openCard("Heat pump course"),
        {
            content: "When and where",
            trigger: "dd:contains('4 May 2037'):contains('Warsaw')",
        },
        {
            content: "Two seats",
            trigger: "#loyalty_quantity",
            run: "edit 2",
        },
        {
            content: "One name only",
            trigger: "#loyalty_attendees",
            run: "edit Ala Nowak",
        },
        redeem,
        {
            content: "It is said what is missing",
            trigger: "[role='alert']:contains('you ask for 2')",
        },
        {
            content: "Two names",
            trigger: "#loyalty_attendees",
            run({ anchor }) {
                anchor.value = "Ala Nowak\nOla Lis";
            },
        },
        redeem,
        readState("Booked"),
        {
            content: "Who takes part",
            trigger: "dd:contains('Ola Lis')",
        },
        openUses,
        {
            content: "It stands in the list",
            trigger: "tr[data-use]:contains('2 × Heat pump course'):contains('800 points')",
        },
    ],
});

registry.category("web_tour.tours").add("loyalty_b2b_reward_voucher", {
    steps: () => [
        openRewards,
        openCard("Fuel voucher"),
        redeem,
        readState("Received"),
        {
            content: "The code",
            trigger: ".o_loyalty_b2b_code:contains('AAAA-1111')",
        },
    ],
});

registry.category("web_tour.tours").add("loyalty_b2b_reward_product", {
    steps: () => [
        openRewards,
        openCard("Drill for free"),
        {
            content: "The only quotation there is",
            trigger: "#loyalty_order:has(option:contains('S'))",
        },
        redeem,
        readState("On your quotation"),
        {
            content: "It leads to the quotation",
            trigger: "dd a[href^='/my/orders/']",
        },
    ],
});

registry.category("web_tour.tours").add("loyalty_b2b_reward_received", {
    steps: () => [
        openUses,
        openUse("Drill for free"),
        readState("Received"),
        openUses,
        openUse("Heat pump course"),
        readState("Received"),
        openUses,
        openUse("Fuel voucher"),
        readState("Received"),
    ],
});
