"""The trail on the way of a message: what begins, and what has become of it.

A call that may change something is appended before it runs, on a cursor of its own. How
it ended is appended in its own transaction, as the last statement: the trail says that
it succeeded exactly where its effect is there. How it failed is appended apart, once
that transaction is undone. A worker that dies between the two leaves a beginning
without an end, which the recovery finds (``_recover`` of ``mcp_audit_event.py``).

A tool that only reads has no beginning and no effect. How its call ended is appended
beside its transaction, which is quicker, once that is committed and before anybody gets
the answer: a worker that dies between the two leaves neither.
"""

import functools
import logging

import psycopg2

from odoo import api, models
from odoo.service.model import PG_CONCURRENCY_EXCEPTIONS_TO_RETRY
from odoo.sql_db import Cursor

from odoo.addons.mcp_core.cursors import autocommit
from odoo.addons.mcp_core.exchange import FINISHED
from odoo.addons.mcp_core.protocol.errors import ServiceUnavailable
from odoo.addons.mcp_core.protocol.jsonrpc import Request

from .. import settings, store
from ..journal import Journal
from ..portrait import Portrait

_logger = logging.getLogger(__name__)

_UNAVAILABLE = (
    "The audit trail can't be written, so nothing was done. Try again later; an "
    "administrator finds the reason in the server's log."
)
_GIVEN_UP = (
    "This took so long that it was given up, and nothing was changed. Ask for less at "
    "once."
)


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _settings(self):
        return (*super()._settings(), settings.TABLE)

    @api.model
    def _authorize(self, exchange):
        # what is refused has not begun
        result = super()._authorize(exchange)
        journal = Journal.of(exchange)
        if not journal.begun and self._may_change(exchange):
            self._append_beginning(exchange)
            journal.begun = True
        return result

    @api.model
    def _execute(self, exchange):
        with Journal.of(exchange).running():
            return super()._execute(exchange)

    @api.model
    def _emit(self, kind, exchange, **facts):
        result = super()._emit(kind, exchange, **facts)
        if exchange is None:
            self.env["mcp.audit.event"]._record(kind, facts)
        elif kind != FINISHED:
            Journal.of(exchange).note(kind, facts)
        elif "error" in facts:
            self._append_apart(exchange, facts)
        else:
            events = self._portrait(exchange).finished(**facts)
            if self._has_written_nothing(exchange):
                self.env.cr.postcommit.add(
                    functools.partial(self._append_beside, exchange, events)
                )
            else:
                # run by Odoo right before it commits, after everything else was written
                self.env.cr.precommit.add(
                    functools.partial(self._append_within, exchange, events)
                )
        return result

    @api.model
    def _may_change(self, exchange):
        """Hook: return whether the message may change anything of the business.

        An override may say so of further messages, such as of the calls of a tool that
        only reads, where it writes something itself around them.
        """
        tool = self._called_tool(exchange)
        return tool is not None and not tool.read_only

    @api.model
    def _has_written_nothing(self, exchange):
        """Return whether its transaction is committed without any effect.

        PostgreSQL refuses to write for a tool that only reads, and on a read replica.
        """
        cr = self.env.cr
        if not isinstance(cr, Cursor) or cr.closed or exchange.batched:
            # Odoo commits nothing where the connection has ended; its tests, and a
            # batch, have one transaction for several messages
            return False
        tool, journal = self._called_tool(exchange), Journal.of(exchange)
        return cr.readonly or bool(tool and tool.read_only and not journal.begun)

    @api.model
    def _portrait(self, exchange):
        """Return what draws the events of an exchange."""
        principal = exchange.principal or Journal.of(exchange).denied
        login = ""
        if principal:
            login = self.env["res.users"]._mcp_caller(principal.user_id).login
        level, rule = self._level(exchange)
        return Portrait(exchange, level, login, self.env.registry, rule)

    @api.model
    def _level(self, exchange):
        """Return how much of the message is kept, and the rule that says so, if any.

        :rtype: tuple[str, str | None]
        """
        if not isinstance(exchange.message, Request) or exchange.principal is None:
            return "metadata", None
        return self.env["mcp.audit.rule"]._level(exchange)

    @api.model
    def _append_beginning(self, exchange):
        """Append that a call which may change something is about to run.

        :raise ServiceUnavailable: it can't be written, and so the call may not run
        """
        event = self._portrait(exchange).begun()
        self._append_beside(exchange, [event])

    @api.model
    def _append_beside(self, exchange, events):
        """Append events in a transaction of their own.

        :raise ServiceUnavailable: they can't be written
        """
        try:
            with autocommit(self.env.registry) as cr:
                store.append(cr, events)
        except psycopg2.Error as error:
            self._not_written(exchange, error)

    @api.model
    def _append_within(self, exchange, events):
        """Append the end of a message in the transaction that it ends with.

        :raise ServiceUnavailable: it can't be written, and so nothing may be committed
        """
        cr = self.env.cr
        try:
            if self._setting("audit_required"):
                store.append(cr, events)
            else:
                with cr.savepoint(flush=False):
                    store.append(cr, events)
        except PG_CONCURRENCY_EXCEPTIONS_TO_RETRY:
            raise
        except psycopg2.Error as error:
            if store.is_second(error):
                # the recovery took its worker for dead
                raise ServiceUnavailable(_GIVEN_UP) from error
            self._not_written(exchange, error)

    @api.model
    def _append_apart(self, exchange, facts):
        """Append the end of a message whose transaction was undone.

        :raise ServiceUnavailable: as :meth:`_not_written`
        """
        try:
            with autocommit(self.env.registry) as cr:
                env = api.Environment(cr, self.env.uid, {})
                env.transaction.default_env = env
                events = env["mcp.server"]._portrait(exchange).finished(**facts)
                store.append(cr, events)
        except psycopg2.Error as error:
            if store.is_second(error):
                # what failed came after its commit, or it was given up
                _logger.info("MCP request %s had ended before", exchange.id)
            else:
                self._not_written(exchange, error)

    @api.model
    def _not_written(self, exchange, error):
        """Say in the server's log that something is missing from the trail.

        :raise ServiceUnavailable: unless an administrator lets calls go on without
        """
        _logger.critical(
            "MCP request %s: the audit trail can't be written",
            exchange.id,
            exc_info=error,
        )
        if self._setting("audit_required"):
            raise ServiceUnavailable(_UNAVAILABLE) from error
