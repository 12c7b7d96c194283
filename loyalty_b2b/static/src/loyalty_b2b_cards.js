import { registry } from "@web/core/registry";
import { RadioField, radioField } from "@web/views/fields/radio/radio_field";

/**
 * A choice shown as cards with an icon and a sentence each, from a JSON field:
 * {value: {icon: "fa-…", text: "…"}, ...}
 */
export class LoyaltyB2bCards extends RadioField {
    static template = "loyalty_b2b.Cards";
    static props = { ...RadioField.props, texts: { type: String, optional: true } };

    getCard(value) {
        return this.props.record.data[this.props.texts]?.[value] || {};
    }
}

registry.category("fields").add("loyalty_b2b_cards", {
    ...radioField,
    component: LoyaltyB2bCards,
    supportedTypes: ["selection"],
    extractProps: (info, dynamicInfo) => ({
        ...radioField.extractProps(info, dynamicInfo),
        texts: info.options.texts,
    }),
});
