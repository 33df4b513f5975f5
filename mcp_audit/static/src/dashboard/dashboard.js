import { Component, onWillStart, onWillUnmount, useEffect, useRef, useState } from "@odoo/owl";

import { loadBundle } from "@web/core/assets";
import { getColor, getCustomColor } from "@web/core/colors/colors";
import { cookie } from "@web/core/browser/cookie";
import { deserializeDateTime, formatDateTime } from "@web/core/l10n/dates";
import { _t } from "@web/core/l10n/translation";
import { registry } from "@web/core/registry";
import { KeepLast } from "@web/core/utils/concurrency";
import { useService } from "@web/core/utils/hooks";
import { formatFloat, formatInteger } from "@web/views/fields/formatters";
import { Layout } from "@web/search/layout";
import { standardActionServiceProps } from "@web/webclient/actions/action_service";

const PERIODS = [
    { name: "24h", label: _t("24 hours") },
    { name: "7d", label: _t("7 days") },
    { name: "30d", label: _t("30 days") },
    { name: "90d", label: _t("90 days") },
];

/**
 * What was asked for through MCP, for auditors: figures of a period, each of which leads
 * to the events that it counts.
 */
export class Dashboard extends Component {
    static template = "mcp_audit.Dashboard";
    static components = { Layout };
    static props = { ...standardActionServiceProps };

    setup() {
        this.orm = useService("orm");
        this.action = useService("action");
        this.keepLast = new KeepLast();
        this.canvas = useRef("canvas");
        this.periods = PERIODS;
        this.state = useState({
            period: this.props.state?.period || "7d",
            figures: null,
            loading: false,
        });
        this.env.config.setDisplayName(_t("Dashboard"));
        onWillStart(() => Promise.all([loadBundle("web.chartjs_lib"), this.load()]));
        useEffect(
            () => this.draw(),
            () => [this.state.figures]
        );
        onWillUnmount(() => this.chart?.destroy());
    }

    async choose(period) {
        this.state.period = period;
        await this.load();
    }

    async load() {
        this.state.loading = true;
        try {
            this.state.figures = await this.keepLast.add(
                this.orm.call("mcp.audit.dashboard", "figures", [this.state.period])
            );
            this.props.updateActionState?.({ period: this.state.period });
        } finally {
            this.state.loading = false;
        }
    }

    // What is shown

    get tiles() {
        const { totals, failed, refused } = this.state.figures;
        const part = totals.errors / totals.calls;
        return [
            {
                name: "calls",
                label: _t("Requests"),
                value: formatInteger(totals.calls, { humanReadable: totals.calls > 99999 }),
                title: formatInteger(totals.calls),
                domain: [],
            },
            {
                name: "users",
                label: _t("Users"),
                value: formatInteger(totals.users),
                domain: [["user_id", "!=", false]],
                context: { group_by: ["login"] },
            },
            {
                name: "errors",
                label: _t("Errors"),
                value: `${formatFloat(100 * part, { digits: [0, 1] })} %`,
                title: formatInteger(totals.errors),
                class: part > 0.05 ? "text-danger" : "",
                domain: failed,
            },
            {
                name: "denials",
                label: _t("Refused"),
                value: formatInteger(totals.denials),
                domain: refused,
            },
            {
                name: "p50",
                label: _t("Median"),
                value: this.duration(totals.p50),
                title: _t("Half of the requests took no longer than about this."),
                domain: [["duration", ">", 0]],
            },
            {
                name: "p95",
                label: _t("95th Percentile"),
                value: this.duration(totals.p95),
                title: _t("95 of 100 requests took no longer than about this."),
                domain: [["duration", ">=", totals.p95 || 0]],
            },
        ];
    }

    get lists() {
        const { lists } = this.state.figures;
        const titles = {
            tools: _t("Tools"),
            models: _t("Models"),
            users: _t("Users"),
            clients: _t("Clients"),
            failures: _t("What Went Wrong"),
        };
        return Object.entries(titles).map(([name, title]) => {
            const most = Math.max(1, ...lists[name].map((line) => line.calls));
            return {
                name,
                title,
                lines: lists[name].map((line) => ({
                    label: line.label,
                    domain: line.domain,
                    share: (100 * line.calls) / most,
                    value: formatInteger(line.calls),
                    note: line.outcome_label || this.duration(line.average),
                    title: line.outcome_label
                        ? line.label
                        : _t("%(errors)s errors, %(refused)s refused", {
                              errors: formatInteger(line.errors),
                              refused: formatInteger(line.denials),
                          }),
                })),
            };
        });
    }

    subject(event) {
        return [event.tool || event.method, event.model, event.login]
            .filter(Boolean)
            .join(" · ");
    }

    duration(milliseconds) {
        if (typeof milliseconds !== "number") {
            return "";
        }
        if (milliseconds < 1000) {
            return _t("%s ms", formatFloat(milliseconds, { digits: [0, milliseconds < 10 ? 1 : 0] }));
        }
        return _t("%s s", formatFloat(milliseconds / 1000, { digits: [0, 1] }));
    }

    moment(time) {
        return formatDateTime(deserializeDateTime(time), { showSeconds: false });
    }

    // The chart

    /** Days, or hours, of the whole period: those without a request as well. */
    get points() {
        const { period, since, until, series } = this.state.figures;
        const unit = period === "24h" ? "hour" : "day";
        const zone = unit === "day" ? { tz: "utc" } : {};
        const known = new Map(
            series.map((point) => [deserializeDateTime(point.time, zone).toMillis(), point])
        );
        const last = deserializeDateTime(until, zone);
        const points = [];
        let time = deserializeDateTime(since, { tz: "utc" }).startOf(unit).setZone(last.zone);
        while (time <= last) {
            points.push({
                label: unit === "day" ? time.toFormat("d LLL") : time.toFormat("HH:mm"),
                calls: 0,
                errors: 0,
                denials: 0,
                ...known.get(time.toMillis()),
            });
            time = time.plus({ [unit]: 1 });
        }
        return points;
    }

    draw() {
        this.chart?.destroy();
        this.chart = null;
        if (!this.canvas.el) {
            return;
        }
        const scheme = cookie.get("color_scheme");
        const text = getCustomColor(scheme, "#111827", "#E4E4E4");
        const grid = getCustomColor(scheme, "rgba(0,0,0,.1)", "rgba(255,255,255,.15)");
        const points = this.points;
        const bars = (label, color, value) => ({
            label,
            backgroundColor: color,
            data: points.map(value),
            maxBarThickness: 40,
        });
        const axis = { stacked: true, ticks: { color: text }, border: { display: false } };
        this.chart = new Chart(this.canvas.el, {
            type: "bar",
            data: {
                labels: points.map((point) => point.label),
                datasets: [
                    bars(
                        _t("Done"),
                        getColor(0, scheme, "sm"),
                        (point) => point.calls - point.errors - point.denials
                    ),
                    bars(_t("Errors"), getColor(1, scheme, "sm"), (point) => point.errors),
                    bars(_t("Refused"), getColor(3, scheme, "sm"), (point) => point.denials),
                ],
            },
            options: {
                animation: false,
                responsive: true,
                maintainAspectRatio: false,
                interaction: { mode: "index", intersect: false },
                plugins: { legend: { labels: { color: text } } },
                scales: {
                    x: { ...axis, grid: { display: false } },
                    y: {
                        ...axis,
                        beginAtZero: true,
                        grid: { color: grid },
                        ticks: { color: text, precision: 0 },
                    },
                },
            },
        });
    }

    // Where it leads

    openLogs(label, domain, context = {}) {
        const period = PERIODS.find(({ name }) => name === this.state.figures.period);
        return this.action.doAction({
            type: "ir.actions.act_window",
            name: _t("%(what)s, last %(period)s", { what: label, period: period.label }),
            res_model: "mcp.audit.event",
            views: [
                [false, "list"],
                [false, "form"],
            ],
            domain: [...this.state.figures.domain, ...domain],
            context,
        });
    }

    openEvent(event) {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mcp.audit.event",
            res_id: event.id,
            views: [[false, "form"]],
        });
    }

    openVerification() {
        return this.action.doAction({
            type: "ir.actions.act_window",
            res_model: "mcp.audit.verification",
            res_id: this.state.figures.verification.id,
            views: [[false, "form"]],
        });
    }

    async rebuild() {
        const action = await this.orm.call("mcp.audit.rollup", "action_rebuild", [[]]);
        return this.action.doAction(action);
    }
}

registry.category("actions").add("mcp_audit.dashboard", Dashboard);
