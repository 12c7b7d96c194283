import { registry } from "@web/core/registry";
import { useService } from "@web/core/utils/hooks";
import { FormController } from "@web/views/form/form_controller";
import { ListController } from "@web/views/list/list_controller";
import { formView } from "@web/views/form/form_view";
import { listView } from "@web/views/list/list_view";
import { LoyaltyB2bFormCompiler } from "./loyalty_b2b_form";

const NEW = "loyalty_b2b.loyalty_b2b_program_new_action";

/** *New* asks what kind of programme it shall be, also in the list ... */
export class LoyaltyB2bProgramListController extends ListController {
    async createRecord() {
        await this.actionService.doAction(NEW);
    }
}

/** ... and from within another programme. */
export class LoyaltyB2bProgramFormController extends FormController {
    setup() {
        super.setup();
        this.actions = useService("action");
    }

    async create() {
        await this.actions.doAction(NEW);
    }
}

registry.category("views").add("loyalty_b2b_program_list", {
    ...listView,
    Controller: LoyaltyB2bProgramListController,
});

registry.category("views").add("loyalty_b2b_program_form", {
    ...formView,
    Controller: LoyaltyB2bProgramFormController,
    Compiler: LoyaltyB2bFormCompiler,
});
