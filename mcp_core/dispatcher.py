"""The HTTP side of the endpoint: bytes in, bytes out.

A routing type of its own, because the stock dispatchers answer errors with HTML or
with tracebacks, read cookies and save sessions. What HTTP says of a request is read in
:mod:`.transport`, and what is answered gets its headers in :mod:`.responses`.

Runs in this order, the first three of them again at each retry of the transaction:
:meth:`McpDispatcher.admit` (Origin, preflight), authentication by ``ir.http``,
:meth:`~McpDispatcher.pre_dispatch` (verb, headers), :meth:`~McpDispatcher.dispatch`.
"""

import logging
from contextlib import contextmanager, suppress
from http import HTTPStatus

from psycopg2 import Error as Psycopg2Error
from werkzeug.exceptions import abort

from odoo.http import Dispatcher, Response
from odoo.sql_db import Cursor

from . import batch, responses, transport
from .exchange import FINISHED, Exchange, trace_id
from .protocol import headers, jsonrpc
from .protocol.errors import (
    Forbidden,
    InvalidRequest,
    ProtocolError,
    ServiceUnavailable,
    SessionNotFound,
    Unauthorized,
)
from .settings import TABLE
from .streaming import StreamedResponse

_logger = logging.getLogger(__name__)

#: By this header Odoo's own web client is let in, which tests the connection.
_ORIGIN_PASS = "X-Odoo-MCP-Origin-Pass"


class McpDispatcher(Dispatcher):
    """Answers one HTTP request: Odoo makes one for each.

    :ivar exchange: what is known of the request, the same for each try of its
        transaction
    """

    routing_type = "mcp"
    mimetypes = (transport.MEDIA_TYPE,)

    def __init__(self, request):
        super().__init__(request)
        # utm and others read it in _post_dispatch; nothing of ours is in there
        request.params = {}
        http = request.httprequest
        self.exchange = Exchange(
            address=http.remote_addr or "",
            user_agent=http.headers.get("User-Agent", ""),
            origin=http.headers.get("Origin"),
            request_bytes=http.content_length or 0,
            trace_id=trace_id(http.headers.get("traceparent", "")),
        )
        self._message_id = None
        self._admitted_origin = None

    @classmethod
    def is_compatible_with(cls, request):
        # Otherwise the router answers 415 in HTML: pre_dispatch refuses instead.
        return True

    def only_reads(self) -> bool:
        """Return whether a read replica of the database can answer the request.

        Odoo asks where it has one (``db_replica_host``), before anything else.
        """
        http, cr = self.request.httprequest, self.request.env.cr
        # the cursor of Odoo's tests is nested, and lets nothing be written beside it
        if not cr.readonly or not isinstance(cr, Cursor) or not self._has_database():
            return False
        if (
            http.method != "POST"
            or not 0 < (http.content_length or 0) <= self._request_bytes()
        ):
            return False
        try:
            message = jsonrpc.parse(jsonrpc.decode(http.get_data()))
        except ProtocolError:
            return False
        return self.request.env["mcp.server"]._only_reads(message)

    def admit(self) -> None:
        """Refuse foreign origins and hosts, and answer preflights, before anyone
        authenticates.

        The origin is compared with a configured list and never with Host: a page that
        rebinds its DNS name sends a Host of its own (transports, "Security Warning").

        :raise Forbidden: an Origin that is not listed, or a Host where hosts are
        :raise ServiceUnavailable: the administrator has switched the endpoint off
        """
        # retrying() hands out a fresh session, so this is said on every run
        self.request.session.can_save = False
        origin = self.exchange.origin
        if origin is not None:
            if not self._is_listed(origin) and not self._has_pass(origin):
                raise Forbidden(
                    "This origin is not allowed. An administrator can list it in "
                    "Settings, MCP Server, Allowed Origins."
                )
            self._admitted_origin = origin
        hosts = self._setting("allowed_hosts", frozenset())
        if hosts and not hosts & transport.names_of_host(self.request.httprequest):
            raise Forbidden(
                "This host name is not allowed. An administrator can list it in "
                "Settings, MCP Server, Allowed Hosts."
            )
        if self.request.httprequest.method == "OPTIONS":
            abort(
                self._respond(
                    b"", HTTPStatus.NO_CONTENT, [("Allow", transport.ALLOWED_METHODS)]
                )
            )
        if not self._setting("enabled", True):
            raise ServiceUnavailable(
                "The MCP server is switched off. An administrator can switch it on in "
                "Settings, MCP Server."
            )

    def pre_dispatch(self, rule, args):
        # no super(): its CORS headers know neither our list nor the Mcp-* headers
        if self.exchange.principal is None:
            # no database, or one without this addon: ir.http did not ask
            self.admit()
        http = self.request.httprequest
        with self._counted():
            transport.check_method(http)
            if http.method == "POST":
                transport.check_body(http, self._request_bytes())

    @contextmanager
    def _counted(self):
        """Count what is refused before it has become a message: it was work too."""
        try:
            yield
        except ProtocolError:
            if self.exchange.principal is not None:
                self.request.env["mcp.server"]._count(self.exchange)
            raise

    def _request_bytes(self):
        return self._setting("request_bytes", TABLE.numbers["request_bytes"].default)

    def dispatch(self, endpoint, args):
        self._insist_on_principal()
        with self._counted():
            return self._dispatch(endpoint)

    def _dispatch(self, endpoint):
        http = self.request.httprequest
        if http.method == "DELETE":
            return self._end_session()
        # werkzeug keeps the bytes, so a retried run reads the same ones
        value = jsonrpc.decode(http.get_data())
        if isinstance(value, list):
            return self._dispatch_batch(value)
        exchange, server = self.exchange, self.request.env["mcp.server"]
        self._message_id = jsonrpc.readable_id(value)
        exchange.message = jsonrpc.parse(value)
        exchange.revision = headers.select_revision(http.headers, exchange.message)
        server._recognise(exchange, transport.session_token(http))
        server._check_headers(exchange, http.headers)
        if transport.accepts_events(http) and server._wants_stream(exchange):
            stream_headers = responses.response_headers(
                transport.EVENT_STREAM,
                self._admitted_origin,
                # nginx would keep events until there are more of them
                [("X-Accel-Buffering", "no")],
            )
            return StreamedResponse(
                self, dict(self.request.env.context), stream_headers
            )
        return self.answer(self.request.registry["ir.http"]._dispatch(endpoint))

    def _insist_on_principal(self):
        if not self.request.db:
            raise InvalidRequest(
                "Which database? Name it in the header X-Odoo-Database. If you did, it "
                "does not exist here or is being upgraded."
            )
        if "mcp.server" not in self.request.registry:
            raise InvalidRequest(
                "The MCP server is not installed in this database. An administrator "
                "can install the app MCP Server."
            )
        if self.exchange.principal is None:
            raise Unauthorized("Authentication required.")

    def _dispatch_batch(self, values):
        """Answer several messages at once (revision 2025-03-26, "Batching")."""
        exchange, server = self.exchange, self.request.env["mcp.server"]
        exchange.message = jsonrpc.Notification("")
        http = self.request.httprequest
        exchange.revision = headers.select_revision(http.headers, exchange.message)
        server._recognise(exchange, transport.session_token(http))
        if not exchange.revision.batches:
            raise InvalidRequest(
                f"Revision {exchange.revision} has no batches: send one message."
            )
        answers = batch.answers(server, exchange, values)
        extra = exchange.response_headers.items()
        if not answers:
            return self._respond(b"", HTTPStatus.ACCEPTED, extra)
        return self._respond(b"[" + b",".join(answers) + b"]", extra_headers=extra)

    def _end_session(self):
        """Answer DELETE (transports, "Session Management")."""
        token = transport.session_token(self.request.httprequest)
        if not token:
            raise InvalidRequest("Name the session to end in Mcp-Session-Id.")
        env, status = self.request.env, HTTPStatus.NO_CONTENT
        env["mcp.server"]._count(self.exchange)
        if not env["mcp.session"]._close(token, self.exchange):
            raise SessionNotFound("The session has ended already.")
        env["mcp.server"]._emit(
            FINISHED, self.exchange, result=None, http_status=status, size=0
        )
        return self._respond(b"", status)

    def post_dispatch(self, response):
        # no super(): it would save a session and inject cookies
        pass

    def handle_error(self, exc: Exception) -> Response:
        """Turn any exception into an answer: the one place where errors become bytes.

        The transaction may have failed: it is undone before anybody is told.
        """
        return self.refuse(exc)[0]

    def answer(self, body: bytes) -> Response:
        """Return the response that carries an answer.

        :param body: JSON text, empty for what gets no answer
        """
        status = HTTPStatus.OK if body else HTTPStatus.ACCEPTED
        return self._respond(body, status, self.exchange.response_headers.items())

    def refuse(self, exc: Exception) -> tuple[Response, bytes]:
        """Undo the transaction, tell auditors, and return what *exc* is sent as.

        :return: the response, and its body as a message for a stream
        """
        error = responses.explain(exc, self.exchange.id)
        revision = self.exchange.revision
        understood_as_legacy = revision is not None and not revision.modern
        status = error.http_status
        if error.in_band and understood_as_legacy:
            status = HTTPStatus.OK
        body = jsonrpc.encode_error(self._message_id, error)
        # a session that this request opened was undone with the rest of it
        replaced = {headers.SESSION, *(name for name, _value in error.headers)}
        kept = [
            (name, value)
            for name, value in self.exchange.response_headers.items()
            if name not in replaced
        ]
        # of one name there may be several: an error offers each way to authenticate
        response = self._respond(body, status, [*kept, *error.headers])
        self.emit_refusal(error, response.status_code, len(body))
        return response, body

    def emit_refusal(self, error: Exception, http_status: int, size: int) -> None:
        """Undo the transaction, and tell auditors of the message, or the batch's.

        :param error: why there is no result
        :param size: of the answer, in bytes
        """
        env = self.request.env
        if env is None or not self._has_database():
            return
        # Before anything is written about it elsewhere: rows that it holds locked would
        # be waited for in vain.
        with suppress(Psycopg2Error):
            env.cr.rollback()
        try:
            for exchange in self.exchange.messages:
                env["mcp.server"]._emit(
                    FINISHED, exchange, error=error, http_status=http_status, size=size
                )
        except Exception:
            # the answer is known, and no trouble with the database changes it
            _logger.exception("MCP request %s: not told of", self.exchange.id)

    def _respond(self, body, status=HTTPStatus.OK, extra_headers=()):
        return responses.respond(body, status, self._admitted_origin, extra_headers)

    def _is_listed(self, origin):
        return origin.lower() in self._setting("allowed_origins", frozenset())

    def _has_pass(self, origin):
        """Return whether this is Odoo's own web client, testing the connection."""
        origin_pass = self.request.httprequest.headers.get(_ORIGIN_PASS)
        if not origin_pass or not self._has_database():
            return False
        return self.request.env["mcp.server"]._has_pass(origin, origin_pass)

    def _setting(self, name, otherwise):
        """Return a setting, or *otherwise* where there is no database to ask."""
        if not self._has_database():
            return otherwise
        return self.request.env["mcp.server"]._setting(name)

    def _has_database(self):
        return bool(self.request.db) and "mcp.server" in self.request.registry
