import { Component, useState } from "@odoo/owl";

import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { standardWidgetProps } from "@web/views/widgets/standard_widget_props";

const REVISION = "2025-11-25";
/** No answer within so many milliseconds counts as none. */
const PATIENCE = 20000;

/**
 * What the endpoint, or whatever stands in front of it, answered instead of a result.
 */
class Refusal extends Error {}

/**
 * Calls the endpoint as a client would, from where the person sits: through every proxy
 * on the way, with the key and without the session of the web client.
 */
export class ConnectionTest extends Component {
    static template = "mcp_core.ConnectionTest";
    static props = { ...standardWidgetProps };

    setup() {
        this.state = useState({ status: "idle", message: "" });
    }

    async test() {
        Object.assign(this.state, { status: "running", message: "" });
        try {
            const message = await this.converse();
            Object.assign(this.state, { status: "success", message });
        } catch (error) {
            Object.assign(this.state, {
                status: "failure",
                message: this.explain(error),
            });
        }
    }

    async converse() {
        this.session = null;
        const begun = performance.now();
        const opened = await this.request("initialize", {
            protocolVersion: REVISION,
            capabilities: {},
            clientInfo: { name: "Odoo web client", version: "1" },
        });
        const milliseconds = Math.round(performance.now() - begun);
        try {
            let tools = 0;
            let cursor;
            do {
                const page = await this.request("tools/list", cursor ? { cursor } : {});
                tools += page.tools.length;
                cursor = page.nextCursor;
            } while (cursor);
            return _t(
                "%(name)s %(version)s answered in %(milliseconds)s ms. Protocol revision %(revision)s, %(tools)s tools.",
                {
                    name: opened.serverInfo.title || opened.serverInfo.name,
                    version: opened.serverInfo.version,
                    milliseconds,
                    revision: opened.protocolVersion,
                    tools,
                }
            );
        } finally {
            // leaves no session behind; whether that works is not what is tested
            await this.send("DELETE").catch(() => {});
        }
    }

    async request(method, params) {
        const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
        const response = await this.send("POST", body);
        this.session = response.headers.get("Mcp-Session-Id") || this.session;
        let answer;
        try {
            answer = await response.json();
        } catch {
            throw new Refusal(
                _t(
                    "Something in between answered with status %s and no JSON. A proxy may not pass /mcp on to Odoo.",
                    response.status
                )
            );
        }
        if (!answer.result) {
            throw new Refusal(
                _t("The server answered with status %(status)s: %(message)s", {
                    status: response.status,
                    message: answer.error?.message || "",
                })
            );
        }
        return answer.result;
    }

    send(method, body) {
        const { key, database, origin_pass: originPass } = this.props.record.data;
        const headers = {
            Accept: "application/json, text/event-stream",
            Authorization: `Bearer ${key}`,
            "Content-Type": "application/json",
            "MCP-Protocol-Version": REVISION,
            "X-Odoo-MCP-Origin-Pass": originPass,
        };
        if (database) {
            headers["X-Odoo-Database"] = database;
        }
        if (this.session) {
            headers["Mcp-Session-Id"] = this.session;
        }
        return fetch("/mcp", {
            method,
            body,
            headers,
            credentials: "omit",
            redirect: "error",
            signal: AbortSignal.timeout(PATIENCE),
        });
    }

    explain(error) {
        if (error instanceof Refusal) {
            return error.message;
        }
        if (error.name === "TimeoutError") {
            return _t("No answer within %s seconds.", PATIENCE / 1000);
        }
        return _t(
            "The server can't be reached. Check the connection, and that no proxy redirects /mcp."
        );
    }
}

registry.category("view_widgets").add("mcp_connection_test", {
    component: ConnectionTest,
});
