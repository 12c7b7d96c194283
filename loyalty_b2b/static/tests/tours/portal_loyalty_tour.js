import { registry } from "@web/core/registry";

const openWallet = [
    {
        content: "Open the points from the account",
        trigger: ".o_portal_index_card:not(.d-none) a[href='/my/loyalty']",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "The points that can be used, with their worth",
        trigger: "[data-figure='available']:contains('300 points'):contains('3.00')",
    },
];

const why = [
    {
        content: "Ask why the points were earned",
        trigger: ".o_loyalty_b2b_history tr:contains('+500 points') a",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "Line by line",
        trigger: ".o_loyalty_b2b_portal td:contains('Drill')",
    },
    {
        content: "Back to the history",
        trigger: ".o_loyalty_b2b_portal a:contains('Back to the history')",
        run: "click",
        expectUnloadPage: true,
    },
];

const openFilters = {
    content: "Unfold the filters of a small screen",
    trigger: ".o_loyalty_b2b_history button.navbar-toggler",
    run: "click",
};

const filterUsed = [
    {
        content: "Open the filter",
        trigger: "#o_portal_navbar_content.show #portal_searchbar_filters",
        run: "click",
    },
    {
        content: "Used points only",
        trigger: ".dropdown-menu.show a:contains('Used')",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "Only what was used is left",
        trigger: ".o_loyalty_b2b_history tbody:not(:has(tr:contains('+500'))) tr:contains('-200 points')",
    },
];

const rules = [
    {
        content: "How it works",
        trigger: "a[name='how_it_works']",
        run: "click",
        expectUnloadPage: true,
    },
    {
        content: "The rules as sentences",
        trigger: ".o_loyalty_b2b_portal li:contains('on everything')",
    },
];

const desktopFilter = [
    {
        ...filterUsed[0],
        trigger: "#portal_searchbar_filters:visible",
    },
    ...filterUsed.slice(1),
];

registry.category("web_tour.tours").add("loyalty_b2b_portal", {
    steps: () => [...openWallet, ...why, ...desktopFilter, ...rules],
});

registry.category("web_tour.tours").add("loyalty_b2b_portal_mobile", {
    steps: () => [...openWallet, ...why, openFilters, ...filterUsed, ...rules],
});
