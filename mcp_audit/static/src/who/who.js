import {Component} from "@odoo/owl";
import {registry} from "@web/core/registry";
import {standardFieldProps} from "@web/views/fields/standard_field_props";
import {imageUrl} from "@web/core/utils/urls";

/** Who did it: the user as long as there is one, and the login for ever. */
export class Who extends Component {
    static template = "mcp_audit.Who";
    static props = {...standardFieldProps};

    get user() {
        return this.props.record.data[this.props.name];
    }

    get login() {
        return this.props.record.data.login;
    }

    get avatar() {
        return imageUrl("res.users", this.user.id, "avatar_128");
    }
}

registry.category("fields").add("mcp_audit_who", {
    component: Who,
    supportedTypes: ["many2one"],
    fieldDependencies: [{name: "login", type: "char"}],
});
