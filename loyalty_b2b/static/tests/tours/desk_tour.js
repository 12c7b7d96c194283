import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

registry.category("web_tour.tours").add("loyalty_b2b_desk", {
    steps: () => [
        stepUtils.showAppsMenuItem(),
        {
            content: "Open the app",
            trigger: '.o_app[data-menu-xmlid="loyalty_b2b.loyalty_b2b_menu_root"]',
            run: "click",
        },
        {
            content: "Open the own customers",
            trigger: '[data-menu-xmlid="loyalty_b2b.loyalty_b2b_desk_menu"]',
            run: "click",
        },
        {
            content: "Sort by the last invoice, which is not stored",
            trigger: '.o_list_view th[data-name="last_purchase_date"]',
            run: "click",
        },
        {
            content: "Open the customer",
            trigger: ".o_data_row td[name='partner_id']:contains('Wisła')",
            run: "click",
        },
        {
            content: "The next step leads to a quotation",
            trigger: "div[name='next_step']:contains('Can use'):contains('New quotation')",
        },
        {
            content: "Look at suggestions",
            trigger: ".o_notebook .nav-link[name='suggestions']",
            run: "click",
        },
        {
            content: "A reward is within reach, a product is worth suggesting",
            trigger: ".o_loyalty_b2b_suggestions:contains('Hour'):contains('Saw')",
        },
        {
            content: "Begin a quotation",
            trigger: "button[name='action_next_step']",
            run: "click",
        },
        {
            content: "It is for the customer, and says how many points it can use",
            trigger: ".o_form_view div[name='partner_id']:contains('Wisła'), .o_field_widget[name='partner_id'] input",
        },
    ],
});

registry.category("web_tour.tours").add("loyalty_b2b_board", {
    steps: () => [
        {
            content: "Hand a reward over from its card",
            trigger: ".o_kanban_record:contains('Hour') button[name='action_fulfil']",
            run: "click",
        },
        {
            content: "Say how",
            trigger: ".modal .o_field_widget[name='note'] input",
            run: "edit By phone",
        },
        {
            content: "Confirm it",
            trigger: ".modal footer button[name='action_apply']",
            run: "click",
        },
        {
            content: "It has moved to the last column",
            trigger: ".o_kanban_group:contains('Fulfilled') .o_kanban_record:contains('Hour')",
        },
    ],
});
