"""Searching the trail: what a request is, whether it runs, and the days of the user."""

from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import event as events
from ..event import BEGUN, FINISHED

#: What the trail tells of itself begins with one of these.
_OWN = frozenset({"audit", "export", "hold", "protection", "purge", "seal"})
#: Still running, or ended by nobody yet.
_RUNNING = "running"


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    status = fields.Selection(
        "_statuses",
        compute="_compute_status",
        search="_search_status",
        help="What has become of a request. It runs where it began and has not ended.",
    )
    is_entry = fields.Boolean(
        "One per Request",
        compute="_compute_is_entry",
        search="_search_is_entry",
        help="The end of a request, or its beginning as long as it runs.",
    )
    is_own = fields.Boolean(
        "About the Audit", compute="_compute_is_own", search="_search_is_own"
    )
    day = fields.Date(compute="_compute_day", search="_search_day")
    of_request = fields.Char(
        "Request ID", compute="_compute_of_request", search="_search_of_request"
    )

    @api.model
    def _statuses(self):
        outcomes = self._fields["outcome"]._description_selection(self.env)
        return [(_RUNNING, self.env._("Running")), *outcomes]

    @api.depends("kind", "outcome", "request_id")
    def _compute_status(self):
        begun = self.filtered(lambda event: event.kind == BEGUN)
        running = begun._running() if begun else begun
        for event in self:
            event.status = _RUNNING if event in running else event.outcome

    @api.depends("kind", "request_id")
    def _compute_is_entry(self):
        begun = self.filtered(lambda event: event.kind == BEGUN)
        entries = begun._running() if begun else begun
        for event in self:
            event.is_entry = event.kind == FINISHED or event in entries

    def _running(self):
        """Return those that are beginnings without an end."""
        domain = Domain("id", "in", self.ids) & self._is_running()
        # those it asks about have been read already
        return self.browse(self.sudo()._search(domain))

    @api.model
    def _is_running(self):
        """Return the domain of beginnings without an end.

        Not by the ORM, which has no anti-join. What began before the last run of the
        recovery has an end by now, and is not looked at.
        """

        def to_sql(model, alias, query):
            return SQL(
                """
                %(kind)s = %(begun)s
                AND %(id)s > COALESCE((SELECT last_id FROM mcp_audit_checkpoint
                                        WHERE name = 'recovery'), 0)
                AND NOT EXISTS (
                    SELECT FROM mcp_audit_event AS finished
                     WHERE finished.kind = 'request.finished'
                       AND finished.request_id = %(request_id)s)
                """,
                kind=model._field_to_sql(alias, "kind", query),
                begun=BEGUN,
                id=SQL.identifier(alias, "id"),
                request_id=model._field_to_sql(alias, "request_id", query),
            )

        return Domain.custom(to_sql=to_sql)

    def _search_is_entry(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        return Domain("kind", "=", FINISHED) | self._is_running()

    @api.depends("kind")
    def _compute_is_own(self):
        for event in self:
            event.is_own = event.kind.partition(".")[0] in _OWN

    def _search_is_own(self, operator, value):
        if operator != "in" or set(value) != {True}:
            return NotImplemented
        own = [kind for kind, _label in self._kinds() if kind.partition(".")[0] in _OWN]
        return [("kind", "in", own)]

    def _search_status(self, operator, value):
        if operator != "in":
            return NotImplemented
        outcomes = [outcome for outcome in value if outcome in events.OUTCOMES]
        domain = Domain("outcome", "in", outcomes)
        return domain | self._is_running() if _RUNNING in value else domain

    @api.depends("request_id")
    def _compute_of_request(self):
        for event in self:
            event.of_request = event.request_id

    def _search_of_request(self, operator, value):
        if operator != "in":
            return NotImplemented
        requests = [request_id for request_id in value if request_id]
        return [("id", "in", self._of_requests(requests).ids)]

    @api.model
    def _of_requests(self, requests):
        """Return the events of some requests, whoever may read them.

        Not by the ORM, which would apply the rule that its caller has asked already.
        """
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM mcp_audit_event WHERE request_id = ANY(%s) ORDER BY id",
                list(requests),
            )
        )
        return self.browse(id_ for (id_,) in rows)

    @api.depends("time")
    @api.depends_context("tz")
    def _compute_day(self):
        for event in self:
            event.day = fields.Datetime.context_timestamp(event, event.time).date()

    def _search_day(self, operator, value):
        if operator == "in":
            return Domain.OR(
                Domain("time", ">=", self._midnight(day))
                & Domain("time", "<", self._midnight(day + timedelta(days=1)))
                for day in value
            )
        if operator in ("<", ">="):
            return Domain("time", operator, self._midnight(value))
        if operator in ("<=", ">"):
            opposite = "<" if operator == "<=" else ">="
            return Domain("time", opposite, self._midnight(value + timedelta(days=1)))
        return NotImplemented

    @api.model
    def _midnight(self, day):
        """Return when a day of the user begins, in UTC."""
        local = self.env.tz.localize(datetime.combine(day, time.min))
        return local.astimezone(pytz.utc).replace(tzinfo=None)
