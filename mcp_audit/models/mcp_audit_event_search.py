"""Searching the trail: what a request is, whether it runs, and the days of the user."""

import functools
import json
import re
from datetime import datetime, time, timedelta

import pytz

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL

from .. import event as events
from ..event import BEGUN, FINISHED

#: What the trail tells of itself begins with one of these.
_OWN = frozenset({"audit", "export", "hold", "protection", "purge", "seal"})
#: A record, with or without its model: "res.partner,7" or "7".
_RECORD = re.compile(r"\s*(?:([\w.]+)\s*,)?\s*#?(\d{1,18})\s*")
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
    record = fields.Char(
        "Record ID",
        compute="_compute_record",
        search="_search_record",
        help="The number of a record that the request named or changed, after the "
        "technical name of its model or without it: account.move,57 or 57.",
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

    @api.depends("model", "record_ids")
    def _compute_record(self):
        for event in self:
            first = (event.record_ids or [False])[0]
            event.record = first and f"{event.model or ''},{first}"

    def _search_record(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = [_RECORD.fullmatch(str(record)) for record in value]
        return Domain.OR(
            self._is_about(match[1], int(match[2])) for match in found if match
        )

    @api.model
    def _is_about(self, model, id_):
        """Return the domain of events that name a record, or tell of its change.

        Not by the ORM, which can't look into JSON.

        :param model: its technical name, or ``None`` for those of any model
        """

        def to_sql(event, alias, query):
            column = functools.partial(SQL.identifier, alias)
            named = SQL("%s @> %s::jsonb", column("record_ids"), json.dumps([id_]))
            if model:
                named = SQL("(%s AND %s = %s)", named, column("model"), model)
            change = [[model, [id_]] if model else [[id_]]]
            parts = [
                named,
                SQL(
                    "%s -> 'changed' @> %s::jsonb",
                    column("details"),
                    json.dumps(change),
                ),
            ]
            if model:
                uri = f"odoo://record/{model}/{id_}"
                parts.append(SQL("%s = %s", column("resource"), uri))
            return SQL("(%s)", SQL(" OR ").join(parts))

        return Domain.custom(to_sql=to_sql)

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
