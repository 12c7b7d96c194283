import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openPrograms = () => [
    stepUtils.showAppsMenuItem(),
    {
        content: "open the app",
        trigger: '.o_app[data-menu-xmlid="loyalty_b2b.loyalty_b2b_menu_root"]',
        run: "click",
    },
    {
        content: "open the programmes",
        trigger: '[data-menu-xmlid="loyalty_b2b.loyalty_b2b_program_menu"]',
        run: "click",
    },
];

const openQuestions = () => [
    ...openPrograms(),
    {
        content: "ask for a new one",
        trigger: ".o_kanban_view .o-kanban-button-new, .o-kanban-button-new",
        run: "click",
    },
];

const choose = (template) => ({
    content: `choose the kind ${template}`,
    trigger: `.modal .o_loyalty_b2b_cards label[data-value="${template}"]`,
    // as a label does: it clicks the button that stands hidden beside it
    run: ({ anchor }) => anchor.click(),
});

const reads = (text) => ({
    content: `it says: ${text}`,
    trigger: `.modal .o_field_widget[name="summary"]:contains("${text}")`,
});

const pick = (field, name) => [
    {
        content: `look for ${name}`,
        trigger: `.modal .o_field_widget[name="${field}"] input`,
        run: `edit ${name}`,
    },
    {
        content: `take ${name}`,
        trigger: `.ui-autocomplete a:contains("${name}")`,
        run: "click",
    },
];

const createAndStart = (...captions) => [
    {
        content: "create it",
        trigger: '.modal button[name="action_create"]',
        run: "click",
    },
    {
        content: "nothing is earned yet, and it says so",
        trigger: '.o_field_widget[name="life_now"]:contains("Nothing is earned yet")',
    },
    ...captions.map((caption) => ({
        content: `a tab says ${caption}`,
        trigger: `.o_notebook_headers .nav-link:contains("${caption}")`,
    })),
    {
        content: "start it",
        trigger: '.o_statusbar_buttons button[name="action_step"]:contains("Start")',
        run: "click",
    },
    {
        content: "read what will happen",
        trigger: '.modal .o_field_widget[name="plan"]:contains("From now on")',
    },
    {
        content: "do it",
        trigger: '.modal button[name="action_apply"]:contains("Start")',
        run: "click",
    },
    {
        content: "it runs, and says so",
        trigger: '.o_field_widget[name="life_now"]:contains("Running since")',
    },
];

const tours = registry.category("web_tour.tours");

tours.add("loyalty_b2b_new_invoices", {
    steps: () => [
        ...openPrograms(),
        {
            content: "there is no programme yet: the page offers one",
            trigger: '.o_view_nocontent a:contains("New programme")',
            run: "click",
        },
        choose("invoices"),
        reads("1 point per"),
        reads("24 months"),
        ...createAndStart("Earning: 1 rule", "Expiry: 24 months"),
    ],
});

tours.add("loyalty_b2b_new_online", {
    steps: () => [
        ...openQuestions(),
        choose("online"),
        reads("100 points per order"),
        ...createAndStart("Earning: 2 rules", "Expiry: 12 months"),
    ],
});

tours.add("loyalty_b2b_new_partner", {
    steps: () => [
        ...openQuestions(),
        choose("partner"),
        reads("Platinum"),
        ...pick("focus_category_ids", "Tools"),
        reads("2 times the points of other rules on Tools"),
        ...createAndStart(),
    ],
});

tours.add("loyalty_b2b_new_launch", {
    steps: () => [
        ...openQuestions(),
        choose("launch"),
        reads("Choose the categories or products"),
        ...pick("product_ids", "Drill"),
        reads("5 points per"),
        reads("at most 10,000 points per customer"),
        {
            content: "say what points are worth",
            trigger: '.modal .o_field_widget[name="amount"] input',
            run: "edit 20 && press Tab",
        },
        reads("20.00"),
        ...createAndStart("Earning: 1 rule", "20.00"),
    ],
});
