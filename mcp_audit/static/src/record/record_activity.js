import {_t} from "@web/core/l10n/translation";
import {FormController} from "@web/views/form/form_controller";
import {onWillStart} from "@odoo/owl";
import {patch} from "@web/core/utils/patch";
import {user} from "@web/core/user";

const EVENT = "mcp.audit.event";

/** For auditors: from any record to what AI clients did with it. */
patch(FormController.prototype, {
    setup() {
        super.setup(...arguments);
        onWillStart(async () => {
            this.isMcpAuditor = await user.hasGroup("mcp_audit.group_auditor");
        });
    },

    getStaticActionMenuItems() {
        return {
            ...super.getStaticActionMenuItems(...arguments),
            mcpActivity: {
                isAvailable: () =>
                    this.isMcpAuditor &&
                    !this.model.root.isNew &&
                    this.props.resModel !== EVENT,
                sequence: 95,
                icon: "fa fa-history",
                description: _t("MCP Activity"),
                callback: () => this.showMcpActivity(),
            },
        };
    },

    async showMcpActivity() {
        const {resModel, resId, data} = this.model.root;
        const name = data.display_name || data.name || "";
        const action = await this.orm.call(EVENT, "action_of_record", [
            resModel,
            resId,
            typeof name === "string" ? name : "",
        ]);
        return this.env.services.action.doAction(action);
    },
});
