import { registry } from "@web/core/registry";
import { FormCompiler } from "@web/views/form/form_compiler";
import { formView } from "@web/views/form/form_view";

/**
 * A form whose tabs say what is set on them: `<page string="Limits"
 * caption_field="caption_use">` reads "Limits: from 500, up to 30 %".
 */
export class LoyaltyB2bFormCompiler extends FormCompiler {
    compileNotebook(el, params) {
        const captions = {};
        for (const page of el.querySelectorAll(":scope > page[caption_field]")) {
            captions[`\`${page.getAttribute("name")}\``] = page.getAttribute("caption_field");
        }
        const notebook = super.compileNotebook(el, params);
        for (const slot of notebook.children) {
            const caption = captions[slot.getAttribute("name")];
            if (caption) {
                const value = `__comp__.props.record.data.${caption}`;
                const title = slot.getAttribute("title");
                slot.setAttribute("title", `${title} + (${value} ? ": " + ${value} : "")`);
            }
        }
        return notebook;
    }
}

registry.category("views").add("loyalty_b2b_form", {
    ...formView,
    Compiler: LoyaltyB2bFormCompiler,
});
