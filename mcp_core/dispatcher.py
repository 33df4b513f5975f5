"""The HTTP side of the endpoint: bytes in, bytes out.

A routing type of its own, because the stock dispatchers answer errors with HTML or
with tracebacks, read cookies and save sessions. Everything that this endpoint answers,
refusals included, is made here: JSON or nothing.

Runs in this order, the first three of them again at each retry of the transaction:
:meth:`McpDispatcher.admit` (Origin, preflight), authentication by ``ir.http``,
:meth:`~McpDispatcher.pre_dispatch` (verb, headers), :meth:`~McpDispatcher.dispatch`.
"""

import re
from http import HTTPStatus

from psycopg2 import OperationalError
from werkzeug.exceptions import HTTPException, abort

from odoo.exceptions import ConcurrencyError
from odoo.http import Dispatcher, Response

from .exchange import Exchange
from .protocol import headers, jsonrpc
from .protocol.errors import (
    Forbidden,
    InternalError,
    InvalidRequest,
    LengthRequired,
    MethodNotAllowed,
    PayloadTooLarge,
    ProtocolError,
    Unauthorized,
    UnsupportedMediaType,
)

#: The largest accepted body, in bytes.
MAX_BODY = 4 * 1024 * 1024
#: How long a browser may remember a preflight, in seconds.
_CORS_MAX_AGE = 24 * 60 * 60
_CORS_REQUEST_HEADERS = (
    "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, "
    "Mcp-Method, Mcp-Name, Last-Event-ID, X-Odoo-Database"
)
_CORS_RESPONSE_HEADERS = "Mcp-Session-Id, WWW-Authenticate, Retry-After"
_ALLOW = "POST"


class McpDispatcher(Dispatcher):
    routing_type = "mcp"
    mimetypes = ("application/json",)

    def __init__(self, request):
        super().__init__(request)
        # utm and others read it in _post_dispatch; nothing of ours is in there
        request.params = {}
        http = request.httprequest
        self.exchange = Exchange(
            address=http.remote_addr or "",
            user_agent=http.headers.get("User-Agent", ""),
            origin=http.headers.get("Origin"),
        )
        self._message_id = None
        self._admitted_origin = None

    @classmethod
    def is_compatible_with(cls, request):
        # Otherwise the router answers 415 in HTML: pre_dispatch refuses instead.
        return True

    def admit(self):
        """Refuse foreign origins and answer preflights, before anyone authenticates.

        The origin is compared with a configured list and never with Host: a page that
        rebinds its DNS name sends a Host of its own (transports, "Security Warning").

        :raise Forbidden: an Origin that is not listed
        """
        # retrying() hands out a fresh session, so this is said on every run
        self.request.session.can_save = False
        origin = self.exchange.origin
        if origin is not None:
            if origin not in self._configured_origins():
                raise Forbidden(
                    "This origin is not allowed. An administrator can list it in the "
                    "system parameter mcp_core.allowed_origins."
                )
            self._admitted_origin = origin
        if self.request.httprequest.method == "OPTIONS":
            abort(self._respond(b"", HTTPStatus.NO_CONTENT, [("Allow", _ALLOW)]))

    def pre_dispatch(self, rule, args):
        # no super(): its CORS headers know neither our list nor the Mcp-* headers
        if self.exchange.principal is None:
            # no database, or one without this addon: ir.http did not ask
            self.admit()
        http = self.request.httprequest
        if http.method != "POST":
            # A GET stream would park a worker for as long as the client likes.
            raise MethodNotAllowed(
                "Send MCP messages with POST.", headers=[("Allow", _ALLOW)]
            )
        headers.check_accept(http.headers.get("Accept"))
        if http.mimetype not in self.mimetypes:
            raise UnsupportedMediaType("The Content-Type must be application/json.")
        if http.headers.get("Content-Encoding", "identity").lower() != "identity":
            raise UnsupportedMediaType("Send the body without a Content-Encoding.")
        if http.content_length is None:
            raise LengthRequired("Send a Content-Length instead of chunks.")
        if http.content_length > MAX_BODY:
            raise PayloadTooLarge(f"The body exceeds the limit of {MAX_BODY} bytes.")
        http.max_content_length = MAX_BODY

    def dispatch(self, endpoint, args):
        exchange = self.exchange
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
        if exchange.principal is None:
            raise Unauthorized("Authentication required.")
        # werkzeug keeps the bytes, so a retried run reads the same ones
        value = jsonrpc.decode(self.request.httprequest.get_data())
        self._message_id = jsonrpc.readable_id(value)
        exchange.message = jsonrpc.parse(value)
        exchange.revision = headers.select_revision(
            self.request.httprequest.headers, exchange.message
        )
        result = self.request.registry["ir.http"]._dispatch(endpoint)
        if result is None:
            return self._respond(b"", HTTPStatus.ACCEPTED)
        return self._respond(jsonrpc.encode_result(exchange.message.id, result))

    def post_dispatch(self, response):
        # no super(): it would save a session and inject cookies
        pass

    def handle_error(self, exc):
        """Turn any exception into an answer: the one place where errors become bytes.

        Must not touch the database, whose transaction may have failed.
        """
        error = self._as_protocol_error(exc)
        revision = self.exchange.revision
        understood_as_legacy = revision is not None and not revision.modern
        status = error.http_status
        if error.in_band and understood_as_legacy:
            status = HTTPStatus.OK
        body = jsonrpc.encode_error(self._message_id, error)
        return self._respond(body, status, error.headers)

    def _as_protocol_error(self, exc):
        if isinstance(exc, ProtocolError):
            return exc
        if isinstance(exc, HTTPException) and exc.code and exc.code < 500:
            # raised by another addon's hook: its status stands, its HTML does not
            error = ProtocolError(HTTPStatus(exc.code).phrase)
            error.http_status = exc.code
            return error
        if isinstance(exc, OperationalError | ConcurrencyError):
            return InternalError("The database is busy. Try again in a moment.")
        # Odoo logs exc with its traceback
        return InternalError(
            "Internal error. The server's log has the details.",
            {"requestId": str(self.exchange.id)},
        )

    def _respond(self, body, status=HTTPStatus.OK, extra_headers=()):
        response = Response(body, status=status, headers=list(extra_headers))
        if body:
            response.headers["Content-Type"] = "application/json"
        else:
            response.headers.remove("Content-Type")
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Cache-Control"] = "no-store"
        response.headers["Vary"] = "Origin"
        if self._admitted_origin:
            set_header = response.headers.set
            set_header("Access-Control-Allow-Origin", self._admitted_origin)
            set_header("Access-Control-Allow-Methods", _ALLOW)
            set_header("Access-Control-Allow-Headers", _CORS_REQUEST_HEADERS)
            set_header("Access-Control-Expose-Headers", _CORS_RESPONSE_HEADERS)
            set_header("Access-Control-Max-Age", str(_CORS_MAX_AGE))
        return response

    def _configured_origins(self):
        """Return the origins that browsers may call from, none by default."""
        if not self.request.db:
            return frozenset()
        value = (
            self.request.env["ir.config_parameter"]
            .sudo()
            .get_param("mcp_core.allowed_origins", "")
        )
        return frozenset(re.split(r"[\s,]+", value)) - {""}
