"""What was asked for on each day, folded from the events: see :mod:`..folding`."""

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.queue_job.exception import RetryableJobError

from .. import folding, store
from .mcp_audit_event import OUTCOMES


class McpAuditRollup(models.Model):
    _name = "mcp.audit.rollup"
    _description = "MCP Usage"
    _auto = False
    _log_access = False
    _order = "day desc, calls desc, id"
    _rec_name = "day"

    day = fields.Date(readonly=True, help="In UTC.")
    user_id = fields.Integer("User ID", readonly=True, aggregator=None)
    login = fields.Char("User", readonly=True)
    method = fields.Char("MCP Method", readonly=True)
    tool = fields.Char(readonly=True)
    model = fields.Char(readonly=True)
    client_name = fields.Char("Client", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    calls = fields.Integer("Requests", readonly=True)
    errors = fields.Integer(readonly=True)
    denials = fields.Integer("Refused", readonly=True)
    request_bytes = fields.Integer("Request Size", readonly=True)
    response_bytes = fields.Integer("Answer Size", readonly=True)
    timed = fields.Integer("Timed Requests", readonly=True)
    duration = fields.Float("Total Duration (ms)", readonly=True)
    average_duration = fields.Float(
        "Average Duration (ms)", readonly=True, aggregator="avg"
    )

    def init(self):
        store.install(self.env, "rollups")

    # ------------------------------------------------------------
    # Folding
    # ------------------------------------------------------------

    @api.model
    def _start_fold(self):
        """Have the new events folded; called by a scheduled action."""
        self.with_delay(
            identity_key="mcp_audit.rollup.fold",
            description=self.env._("MCP Audit: update the figures"),
        )._fold()

    @api.model
    def _fold(self, size=folding.BATCH):
        """Fold all events that are there by now, and return how many ids those span.

        Each batch is a transaction of its own: killed, it goes on where it was.

        :param size: events of a batch at most
        :raise RetryableJobError: requests that take long keep it from starting
        """
        registry = self.env.registry
        with store.apart(registry, single=False) as cr:
            cr.execute("SELECT clock_timestamp() AT TIME ZONE 'UTC'")
            [(moment,)] = cr.fetchall()
            until = store.settled(cr)
        if until is None:
            raise RetryableJobError("Events are being appended", ignore_retry=True)
        total = 0
        while True:
            with store.apart(registry, single=False) as cr:
                advance = folding.fold(cr, until, size)
                if not advance:
                    folding.completed(cr, moment)
                    return total
            total += advance

    def action_rebuild(self):
        """Have all figures computed again, by an auditor or an administrator."""
        if not (
            self.env.user.has_group("mcp_audit.group_auditor")
            or self.env.user.has_group("base.group_system")
        ):
            raise AccessError(
                self.env._("Auditors and administrators rebuild the figures.")
            )
        self.env["mcp.audit.event"]._record("audit.rebuild.requested", {})
        self.with_delay(
            identity_key="mcp_audit.rollup.rebuild",
            description=self.env._("MCP Audit: rebuild the figures"),
        )._rebuild()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "info",
                "message": self.env._(
                    "All figures are computed again from the audit events. This takes "
                    "a minute or so for a million of them."
                ),
            },
        }

    @api.model
    def _rebuild(self):
        """Fold all events again, and return how many rows that gave."""
        with store.apart(self.env.registry, single=False) as cr:
            return folding.rebuild(cr)

    # ------------------------------------------------------------
    # Reading
    # ------------------------------------------------------------

    @api.model
    def _usage(self, tool=None, user_id=None, days=30):
        """Return how many requests there were in the last days, today among them.

        0 for whoever may not read the figures.

        :param tool: name of a tool, else of any
        :param user_id: of a user, else of any
        """
        if not self.has_access("read"):
            return 0
        since = fields.Datetime.now().date() - timedelta(days=days - 1)
        domain = [("day", ">=", since)]
        if tool is not None:
            domain.append(("tool", "=", tool))
        if user_id is not None:
            domain.append(("user_id", "=", user_id))
        [(calls,)] = self._read_group(domain, aggregates=["calls:sum"])
        return calls or 0

    def _read_group_select(self, aggregate_spec, query):
        """The average of all requests, and not of the rows that they are counted in."""
        if aggregate_spec != "average_duration:avg":
            return super()._read_group_select(aggregate_spec, query)
        return SQL(
            "SUM(%s) / NULLIF(SUM(%s), 0)",
            self._field_to_sql(self._table, "duration", query),
            self._field_to_sql(self._table, "timed", query),
        )
