"""Events as the ORM reads them. It never writes them: see :mod:`..store`."""

import functools

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.http import request

from .. import event as events
from .. import store
from ..event import Event
from ..portrait import cleaned
from ..redaction import redacted

#: What may become of a request, with what people call it.
OUTCOMES = [
    (events.SUCCESS, "Done"),
    (events.ERROR, "Tool Error"),
    (events.REFUSED, "Refused"),
    (events.INVALID, "Invalid Request"),
    (events.FAILED, "Failed"),
    (events.INTERRUPTED, "Interrupted"),
]


class McpAuditEvent(models.Model):
    _name = "mcp.audit.event"
    _description = "MCP Audit Event"
    _auto = False
    _log_access = False
    # as in the indexes: those of a period are read in this order, and no others
    _order = "time desc, id desc"
    _rec_name = "kind"

    time = fields.Datetime(readonly=True)
    kind = fields.Selection("_kinds", "Event", readonly=True)
    request_id = fields.Char(readonly=True)
    # a number, and no relation: the trail outlives those it tells of
    user_id = fields.Integer("User ID", readonly=True, aggregator=None)
    login = fields.Char(readonly=True)
    credential = fields.Char(readonly=True)
    auth_method = fields.Char("Authentication", readonly=True)
    address = fields.Char(readonly=True)
    user_agent = fields.Char("Program", readonly=True)
    origin = fields.Char(readonly=True)
    session_id = fields.Integer(readonly=True, aggregator=None)
    client_name = fields.Char("Client", readonly=True)
    client_version = fields.Char(readonly=True)
    revision = fields.Char("Protocol Revision", readonly=True)
    method = fields.Char("MCP Method", readonly=True)
    tool = fields.Char(readonly=True)
    resource = fields.Char(readonly=True)
    prompt = fields.Char(readonly=True)
    model = fields.Char(readonly=True)
    operation = fields.Char(readonly=True)
    record_ids = fields.Json("Record IDs", readonly=True)
    record_count = fields.Integer("Records", readonly=True)
    outcome = fields.Selection(OUTCOMES, readonly=True)
    error_code = fields.Integer(readonly=True, aggregator=None)
    http_status = fields.Integer("HTTP Status", readonly=True, aggregator=None)
    duration = fields.Float("Duration (ms)", readonly=True, aggregator="avg")
    request_bytes = fields.Integer("Request Size", readonly=True)
    response_bytes = fields.Integer("Answer Size", readonly=True)
    trace_id = fields.Char(readonly=True)
    details = fields.Json(readonly=True)
    request_digest = fields.Char(readonly=True)
    response_digest = fields.Char(readonly=True)

    def init(self):
        store.install(self.env, "store")

    @api.model_create_multi
    def create(self, vals_list):  # pylint: disable=method-required-super
        raise UserError(self.env._("Audit events are recorded, not created."))

    def write(self, vals):  # pylint: disable=method-required-super
        raise UserError(self.env._("Audit events can't be changed."))

    @api.ondelete(at_uninstall=True)
    def _unlink_never(self):
        raise UserError(
            self.env._("Audit events can't be deleted. Retention is in the settings.")
        )

    @api.model
    def _record(self, kind, facts, *, apart=False):
        """Append what happened outside of a request to the endpoint.

        With the current transaction, right before it is committed: a change is in the
        trail exactly where it was made.

        :param facts: columns, and whatever else there is to say
        :param apart: at once and for good, whatever becomes of the transaction
        """
        details = {
            name: value for name, value in facts.items() if name not in self._fields
        }
        columns = {name: value for name, value in facts.items() if name in self._fields}
        event = Event(
            kind,
            {
                "user_id": self.env.uid,
                # metadata of whoever acts, hence sudo
                "login": self.env.user.sudo().login if self.env.uid else None,
                "address": cleaned(request.httprequest.remote_addr)
                if request
                else None,
                **columns,
                "details": redacted(details) or None,
            },
        )
        if apart:
            with store.apart(self.env.registry) as cr:
                store.append(cr, [event])
        else:
            cr = self.env.cr
            cr.precommit.add(functools.partial(store.append_if_there, cr, [event]))

    # ------------------------------------------------------------
    # Recovery
    # ------------------------------------------------------------

    @api.model
    def _recover(self, minutes=None):
        """Append an end to what began and never ended, and return how many those were.

        A worker that dies takes its transaction along: what has no end changed nothing.
        One that is still at it, however late, finds that it was given up, and undoes
        its work.

        :param minutes: for how long it must have begun, as in the settings by default
        """
        if minutes is None:
            minutes = self.env["mcp.server"]._setting("recovery_minutes")
        last = store.settled_apart(self.env.registry)
        if last is None:
            return 0
        with store.apart(self.env.registry, single=False) as cr:
            return store.recover(cr, last, minutes)
