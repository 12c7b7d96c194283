import { registry } from "@web/core/registry";
import { stepUtils } from "@web_tour/tour_utils";

const openWallet = () => [
    stepUtils.showAppsMenuItem(),
    {
        content: "open the app",
        trigger: '.o_app[data-menu-xmlid="loyalty_b2b.loyalty_b2b_menu_root"]',
        run: "click",
    },
    {
        content: "open the wallets",
        trigger: '[data-menu-xmlid="loyalty_b2b.loyalty_b2b_wallet_menu"]',
        run: "click",
    },
    {
        content: "open the customer's wallet",
        trigger: '.o_data_cell[name="partner_id"]:contains("Hurtownia Wisła")',
        run: "click",
    },
];

registry.category("web_tour.tours").add("loyalty_b2b_why", {
    steps: () => [
        ...openWallet(),
        {
            content: "the figure has its unit",
            trigger: '[name="figure_available"]:contains("250"):contains("points")',
        },
        {
            content: "the last 12 months are drawn",
            trigger: ".o_loyalty_b2b_chart canvas",
        },
        {
            content: "open the ledger",
            trigger: 'button[name="action_view_entries"]',
            run: "click",
        },
        {
            content: "open the entry",
            trigger: '.o_data_row .o_data_cell[name="points"]:contains("250")',
            run: "click",
        },
        {
            content: "it explains itself",
            trigger:
                '.o_field_widget[name="why_ids"] .o_data_cell[name="rule_name"]:contains("Everything")',
        },
    ],
});

registry.category("web_tour.tours").add("loyalty_b2b_adjust", {
    steps: () => [
        ...openWallet(),
        {
            content: "ask for a correction",
            trigger: 'button[name="action_adjust"]',
            run: "click",
        },
        {
            content: "say how many points",
            trigger: '.modal .o_field_widget[name="points"] input',
            run: "edit 50 && press Tab",
        },
        {
            content: "see what will be available",
            trigger: '.modal .o_field_widget[name="points_after"]:contains("150")',
        },
        {
            content: "say why",
            trigger: '.modal .o_field_widget[name="note"] input',
            run: "edit Complaint settled && press Tab",
        },
        {
            content: "book it",
            trigger: '.modal button[name="action_adjust"]',
            run: "click",
        },
        {
            content: "the wallet shows it",
            trigger: '[name="figure_available"]:contains("150")',
        },
    ],
});
