"""The figures of the dashboard: a few queries on the rollups, answered at once."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.tools import SQL

from .. import folding, histogram
from ..event import FINISHED, REFUSED, SUCCESS

#: Days of a period, today among them. None: the last 24 hours, to the second.
_PERIODS = {"24h": None, "7d": 7, "30d": 30, "90d": 90}
#: Lines of a list.
_LINES = 8
#: From here on a request is slow, in milliseconds. As in the index that finds them.
_SLOW = 1000
#: When figures are told to be old: they are made each minute.
_LATE = timedelta(minutes=10)
#: What the lists are about: the columns of a line, and those that tell it.
_LISTS = {
    "tools": ("tool", "method"),
    "models": ("model",),
    "users": ("user_id", "login"),
    "clients": ("client_name",),
    "failures": ("tool", "method", "outcome"),
}


class McpAuditDashboard(models.AbstractModel):
    _name = "mcp.audit.dashboard"
    _description = "MCP Dashboard"

    @api.model
    @api.readonly
    def figures(self, period="7d"):
        """Return all that the dashboard shows.

        :param str period: of :data:`_PERIODS`, else it is the week
        :raise AccessError: for whoever may not read the rollups
        """
        self.env["mcp.audit.rollup"].check_access("read")
        if period not in _PERIODS:
            period = "7d"
        now = fields.Datetime.now()
        since, source = self._source(now, _PERIODS[period])
        series, totals = self._series(source)
        lists = self._lists(source)
        totals["users"] = lists.pop("among").get("users", 0)
        domain = [
            ["kind", "=", FINISHED],
            ["time", ">=", fields.Datetime.to_string(since)],
        ]
        return {
            "period": period,
            "since": fields.Datetime.to_string(since),
            "until": fields.Datetime.to_string(now),
            "totals": totals,
            "series": series,
            "lists": lists,
            "slow": self._slow(domain),
            "domain": domain,
            "failed": [["outcome", "in", list(folding.ERRORS)]],
            "refused": [["outcome", "=", REFUSED]],
            "freshness": self._freshness(now),
            "protection": self._protection(),
            "verification": self._verification(),
        }

    @api.model
    def _source(self, now, days):
        """Return since when is counted, and the query of the rows to count.

        24 hours are no number of days: they are folded on the spot, as far as the
        rollups have come.
        """
        if days is None:
            since = now - timedelta(hours=24)
            those = SQL(
                """time >= %s AND id <= (
                    SELECT last_id FROM mcp_audit_checkpoint WHERE name = 'rollup')""",
                since,
            )
            return since, folding.folded(those, SQL("date_trunc('hour', time)"))
        since = now.replace(hour=0, minute=0, second=0) - timedelta(days=days - 1)
        return since, SQL(
            "SELECT * FROM mcp_audit_rollup WHERE day >= %s", since.date()
        )

    @api.model
    def _series(self, source):
        """Return figures by day or hour, and of all of them."""
        # the ORM knows no histogram
        self.env.cr.execute(
            SQL(
                """
                SELECT day::timestamp, sum(calls::integer), sum(errors::integer),
                       sum(denials::integer), ARRAY[%s]
                  FROM (%s) AS source GROUP BY day ORDER BY day
                """,
                SQL(", ").join(
                    SQL("COALESCE(sum(histogram[%s]), 0)", place + 1)
                    for place in range(histogram.SIZE)
                ),
                source,
            )
        )
        totals = {"calls": 0, "errors": 0, "denials": 0}
        durations, series = [0] * histogram.SIZE, []
        for day, calls, errors, denials, counts in self.env.cr.fetchall():
            series.append(
                {
                    "time": fields.Datetime.to_string(day),
                    "calls": calls,
                    "errors": errors,
                    "denials": denials,
                }
            )
            for name in totals:
                totals[name] += series[-1][name]
            durations = histogram.added(durations, counts)
        return series, {
            **totals,
            "p50": histogram.quantile(durations, 0.5),
            "p95": histogram.quantile(durations, 0.95),
        }

    @api.model
    def _lists(self, source):
        """Return the lines of each list, and among how many they are the first."""
        # hundreds of thousands of rows are not to be sorted on disk for this
        self.env.cr.execute("SET LOCAL work_mem = '64MB'")
        # first the days are added up, so that there is little left to group five times
        self.env.cr.execute(
            SQL(
                """
                WITH together AS MATERIALIZED (
                    SELECT tool, method, model, user_id, login, client_name, outcome,
                           sum(calls::integer) AS calls,
                           sum(errors::integer) AS errors,
                           sum(denials::integer) AS denials,
                           sum(timed::integer) AS timed,
                           sum(duration::double precision) AS duration
                      FROM (%(source)s) AS source
                     WHERE user_id IS NOT NULL
                     GROUP BY tool, method, model, user_id, login, client_name, outcome
                ), grouped AS (
                    SELECT CASE WHEN GROUPING(outcome) = 0 THEN 'failures'
                                WHEN GROUPING(method) = 0 THEN 'tools'
                                WHEN GROUPING(model) = 0 THEN 'models'
                                WHEN GROUPING(user_id) = 0 THEN 'users'
                                ELSE 'clients' END AS list,
                           tool, method, model, user_id, login, client_name, outcome,
                           sum(calls)::bigint AS calls,
                           sum(errors)::bigint AS errors,
                           sum(denials)::bigint AS denials,
                           sum(duration) / NULLIF(sum(timed), 0)::double precision
                               AS average
                      FROM together
                     GROUP BY GROUPING SETS (
                           (tool, method), (model), (user_id, login), (client_name),
                           (tool, method, outcome))
                ), ranked AS (
                    SELECT *, count(*) OVER all_of_it AS among,
                           row_number() OVER (all_of_it ORDER BY calls DESC, tool,
                               method, model, user_id, login, client_name, outcome
                           ) AS place
                      FROM grouped
                     WHERE CASE list WHEN 'failures'
                                THEN method IS NOT NULL AND outcome <> %(success)s
                                ELSE COALESCE(method, model, login, client_name)
                                     IS NOT NULL END
                    WINDOW all_of_it AS (PARTITION BY list)
                )
                SELECT list, among, tool, method, model, user_id, login, client_name,
                       outcome, calls, errors, denials, average
                  FROM ranked WHERE place <= %(lines)s ORDER BY list, place
                """,
                source=source,
                success=SUCCESS,
                lines=_LINES,
            )
        )
        lists = {name: [] for name in _LISTS} | {"among": {}}
        for row in self.env.cr.dictfetchall():
            lists["among"][row["list"]] = row["among"]
            lists[row["list"]].append(self._line(row))
        return lists

    @api.model
    def _line(self, row):
        line = {name: row[name] for name in ("calls", "errors", "denials", "average")}
        events = self.env["mcp.audit.event"]
        line["label"] = (
            row["login"]
            or (row["model"] and events._model_name(row["model"]))
            or row["client_name"]
            or row["tool"]
            or events._methods().get(row["method"], row["method"])
        )
        if row["outcome"]:
            line["outcome"] = row["outcome"]
            outcomes = self.env["mcp.audit.rollup"]._fields["outcome"]
            line["outcome_label"] = dict(outcomes._description_selection(self.env)).get(
                row["outcome"], row["outcome"]
            )
        # what somebody asks for who is nobody is in no list, see folding.DIMENSIONS
        line["domain"] = [["user_id", "!=", False]] + [
            [name, "=", row[name] or False] for name in _LISTS[row["list"]]
        ]
        return line

    @api.model
    def _slow(self, domain):
        """Return the slowest requests, of which an index knows."""
        events = self.env["mcp.audit.event"].search_read(
            [*domain, ("duration", ">=", _SLOW)],
            ["time", "login", "tool", "method", "model", "outcome", "duration"],
            order="duration desc",
            limit=_LINES,
        )
        for event in events:
            event["time"] = fields.Datetime.to_string(event["time"])
        return events

    @api.model
    def _freshness(self, now):
        """Return until when everything is counted, and whether that is long ago."""
        self.env.cr.execute("SELECT complete FROM mcp_audit_rollup_state")
        [(complete,)] = self.env.cr.fetchall()
        return {
            "complete": complete and fields.Datetime.to_string(complete),
            "late": not complete or complete < now - _LATE,
        }

    @api.model
    def _verification(self):
        """Return how the last verification of the trail ended, if there was one."""
        verifications = self.env["mcp.audit.verification"]
        last = verifications.search([], order="id desc", limit=1)
        if not last:
            return False
        states = dict(verifications._fields["state"]._description_selection(self.env))
        return {
            "id": last.id,
            "label": states[last.state],
            "broken": last.state in ("broken", "failed"),
            "time": fields.Datetime.to_string(last.finished or last.create_date),
        }

    @api.model
    def _protection(self):
        """Return how well events are kept as they are, and until when sealed."""
        protection = self.env["mcp.audit.protection"]
        sealed, late = protection._sealed()
        return {
            "level": protection._level(),
            "sealed": sealed and fields.Datetime.to_string(sealed),
            "late": late,
        }
