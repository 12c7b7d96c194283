import { registry } from "@web/core/registry";

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

const openDialog = () => [
    {
        content: "ask for a gift",
        trigger: '.o_form_view button[name="action_give_gift"]',
        run: "click",
    },
    ...pick("reward_id", "Fountain pen"),
    ...pick("partner_id", "Anna Nowak"),
];

registry.category("web_tour.tours").add("loyalty_b2b_fourth_gift", {
    steps: () => [
        ...openDialog(),
        {
            content: "it says what is left",
            trigger: '.modal .o_field_widget[name="left"]:contains("2 of 3 gifts")',
        },
        {
            content: "enter the status",
            trigger: '.modal .o_field_widget[name="status"] input, .modal .o_field_widget[name="status"] select',
            run: "click",
        },
        {
            content: "an employee",
            trigger: '.o_select_menu_item:contains("Employee")',
            run: "click",
        },
        {
            content: "it is taken",
            trigger: '.modal .o_field_widget[name="status"] input:value("Employee")',
        },
        {
            content: "who agreed",
            trigger: '.modal .o_field_widget[name="consent_name"] input',
            run: "edit Ewa Zielińska",
        },
        {
            content: "enter how",
            trigger: '.modal .o_field_widget[name="consent_how"] input, .modal .o_field_widget[name="consent_how"] select',
            run: "click",
        },
        {
            content: "in writing",
            trigger: '.o_select_menu_item:contains("In writing")',
            run: "click",
        },
        {
            content: "that is taken too",
            trigger: '.modal .o_field_widget[name="consent_how"] input:value("In writing")',
        },
        {
            content: "the occasion",
            trigger: '.modal .o_field_widget[name="reason"] input',
            run: "edit Ten years together",
        },
        {
            content: "give the third gift",
            trigger: '.modal button[name="action_give"]',
            run: "click",
        },
        {
            content: "the use of points is open",
            trigger: '.o_statusbar_status .o_arrow_button_current:contains("Done")',
        },
        {
            content: "back to the wallet",
            trigger: ".breadcrumb-item.o_back_button",
            run: "click",
        },
        ...openDialog(),
        {
            content: "a fourth one is refused",
            trigger: '.modal .o_field_widget[name="refusal"]:contains("3 of 3 gifts")',
        },
        {
            content: "and there is no button for it",
            trigger: '.modal-footer:not(:has(button[name="action_give"]))',
        },
        {
            content: "leave it",
            trigger: '.modal-footer button:contains("Discard")',
            run: "click",
        },
        {
            content: "the dialog is gone",
            trigger: "body:not(:has(.modal))",
        },
    ],
});
