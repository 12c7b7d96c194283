import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";
import { Component, onWillStart, onWillUpdateProps, useState } from "@odoo/owl";

/**
 * The next best rewards of a wallet and products worth suggesting. A tab is drawn when
 * it is opened, so the form itself waits for none of it.
 */
export class LoyaltyB2bSuggestions extends Component {
    static template = "loyalty_b2b.Suggestions";
    static props = { ...standardWidgetProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.state = useState({ rewards: [], products: [] });
        onWillStart(() => this.load(this.props.record.resId));
        onWillUpdateProps((next) => {
            if (next.record.resId !== this.props.record.resId) {
                return this.load(next.record.resId);
            }
        });
    }

    async load(walletId) {
        const nothing = { rewards: [], products: [] };
        Object.assign(
            this.state,
            nothing,
            walletId ? await this.orm.call("loyalty.b2b.wallet", "get_suggestions", [walletId]) : {}
        );
    }

    getReason(product) {
        return _t("bought by %(customers)s of %(similar)s similar customers", product);
    }

    open(model, id) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: model,
            res_id: id,
            views: [[false, "form"]],
        });
    }
}

registry.category("view_widgets").add("loyalty_b2b_suggestions", {
    component: LoyaltyB2bSuggestions,
});
