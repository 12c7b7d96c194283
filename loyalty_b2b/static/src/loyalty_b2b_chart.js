import { loadBundle } from "@web/core/assets";
import { cookie } from "@web/core/browser/cookie";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { registry } from "@web/core/registry";
import { formatInteger } from "@web/views/fields/formatters";
import { standardFieldProps } from "@web/views/fields/standard_field_props";
import { Component, onWillStart, useEffect, useRef } from "@odoo/owl";

/**
 * Bars of what came in and went out each month, from a JSON text field:
 * {labels: [...], unit: "points", series: [{label, values: [...]}, ...]}
 */
export class LoyaltyB2bChart extends Component {
    static template = "loyalty_b2b.Chart";
    static props = { ...standardFieldProps };

    setup() {
        this.canvas = useRef("canvas");
        onWillStart(() => loadBundle("web.chartjs_lib"));
        useEffect(
            (data) => {
                const chart = data && new Chart(this.canvas.el, this.getConfig(JSON.parse(data)));
                return () => chart?.destroy();
            },
            () => [this.props.record.data[this.props.name]]
        );
    }

    getConfig({ labels, unit, series }) {
        const scheme = cookie.get("color_scheme");
        const color = getCustomColor(scheme, "#111827", "#E4E4E4");
        const grid = getCustomColor(scheme, "#d8dadd", "#3C3E4B");
        const datasets = series.map(({ label, values }, index) => ({
            label,
            data: values,
            backgroundColor: getColor(index, scheme, "odoo"),
            stack: "points",
        }));
        const describe = (item) => `${item.dataset.label}: ${formatInteger(item.raw)} ${unit}`;
        return {
            type: "bar",
            data: { labels, datasets },
            options: {
                animation: false,
                maintainAspectRatio: false,
                plugins: {
                    legend: { position: "bottom", labels: { color, boxWidth: 12 } },
                    tooltip: { callbacks: { label: describe } },
                },
                scales: {
                    x: { stacked: true, grid: { display: false }, ticks: { color } },
                    y: {
                        stacked: true,
                        grid: { color: grid },
                        ticks: {
                            color,
                            precision: 0,
                            maxTicksLimit: 5,
                            callback: (value) => formatInteger(value, { humanReadable: true }),
                        },
                        title: { display: true, text: unit, color },
                    },
                },
            },
        };
    }
}

registry.category("fields").add("loyalty_b2b_chart", {
    component: LoyaltyB2bChart,
    supportedTypes: ["text"],
});
