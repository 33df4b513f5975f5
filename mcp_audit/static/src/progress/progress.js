import {useEffect} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {
    ProgressBarField,
    progressBarField,
} from "@web/views/fields/progress_bar/progress_bar_field";

/** Milliseconds between two looks at how far it is. */
const INTERVAL = 1500;
const UNDER_WAY = ["waiting", "running"];
/** When each view was loaded: rows of a list share it. */
const loaded = new WeakMap();

/** How far it is, as it goes on: whoever waits need not ask. */
export class LiveProgress extends ProgressBarField {
    setup() {
        super.setup();
        useEffect(
            (underWay) => {
                if (!underWay) {
                    return;
                }
                const timer = setInterval(() => this.look(), INTERVAL);
                return () => clearInterval(timer);
            },
            () => [UNDER_WAY.includes(this.props.record.data.state)]
        );
    }

    async look() {
        const {root} = this.props.record.model;
        if (document.hidden || Date.now() - (loaded.get(root) || 0) < INTERVAL / 2) {
            return;
        }
        loaded.set(root, Date.now());
        await root.load();
    }
}

registry.category("fields").add("mcp_audit_progress", {
    ...progressBarField,
    component: LiveProgress,
    fieldDependencies: [{name: "state", type: "selection"}],
});
