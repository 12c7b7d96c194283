import { registry } from "@web/core/registry";

const fill = (content, field, run) => ({
    content,
    trigger: `.o_loyalty_b2b_portal [name="${field}"]`,
    run,
});

registry.category("web_tour.tours").add("loyalty_b2b_portal_fourth_gift", {
    steps: () => [
        fill("name who gets it", "gift_name", "edit Anna Nowak"),
        fill("name her function", "gift_function", "edit Buyer"),
        fill("say what she is", "gift_status", "select employee"),
        fill("name the occasion", "reason", "edit Ten years together"),
        fill("agree to it", "gift_consent", "check"),
        {
            content: "ask for the fourth gift of the year",
            trigger: '.o_loyalty_b2b_portal form[action*="/redeem"] button[type="submit"]',
            run: "click",
            expectUnloadPage: true,
        },
        {
            content: "the page says how many there were, and keeps what was typed",
            trigger: '#loyalty_reward_error:contains("3 of 3 gifts")',
        },
        {
            content: "the name is still there",
            trigger: '.o_loyalty_b2b_portal [name="gift_name"]:value("Anna Nowak")',
        },
    ],
});
