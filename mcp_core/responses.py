"""HTTP responses of the endpoint: JSON or nothing, and what an error is told as.

Stock dispatchers answer errors with HTML or with tracebacks. Everything that this
endpoint sends, refusals included, has its headers from here.
"""

import uuid
from collections.abc import Iterable
from http import HTTPStatus

from psycopg2 import OperationalError
from werkzeug.exceptions import HTTPException

from odoo.exceptions import ConcurrencyError
from odoo.http import Response

from .protocol.errors import InternalError, ProtocolError
from .transport import ALLOWED_METHODS, MEDIA_TYPE

#: How long a browser may remember a preflight, in seconds.
_CORS_MAX_AGE = 24 * 60 * 60
#: What a page may send, and what it may read.
_CORS_REQUEST_HEADERS = (
    "Authorization, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, "
    "Mcp-Method, Mcp-Name, Last-Event-ID, X-Odoo-Database"
)
_CORS_RESPONSE_HEADERS = (
    "Mcp-Session-Id, WWW-Authenticate, Retry-After, RateLimit, RateLimit-Policy"
)


def respond(
    body: bytes,
    status: int,
    origin: str | None,
    extra_headers: Iterable[tuple[str, str]] = (),
) -> Response:
    """Return a response with JSON, or with nothing.

    :param body: JSON text, empty for nothing
    :param origin: the admitted Origin of a page that calls, ``None`` without one
    """
    content_type = MEDIA_TYPE if body else None
    headers = response_headers(content_type, origin, extra_headers)
    response = Response(body, status=status, headers=headers)
    if not body:
        response.headers.remove("Content-Type")
    return response


def response_headers(
    content_type: str | None,
    origin: str | None,
    extra_headers: Iterable[tuple[str, str]] = (),
) -> list[tuple[str, str]]:
    """Return the headers of a response, those for browsers included (CORS).

    :param content_type: ``None`` for a response without a body
    :param origin: as of :func:`respond`
    """
    common = {
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
        "Vary": "Origin",
    }
    if content_type:
        common["Content-Type"] = content_type
    if origin:
        common |= {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": ALLOWED_METHODS,
            "Access-Control-Allow-Headers": _CORS_REQUEST_HEADERS,
            "Access-Control-Expose-Headers": _CORS_RESPONSE_HEADERS,
            "Access-Control-Max-Age": str(_CORS_MAX_AGE),
        }
    return [*common.items(), *extra_headers]


def explain(error: Exception, request_id: uuid.UUID) -> ProtocolError:
    """Return what a client is told of an exception: nothing of what it says itself.

    :param request_id: that the server's log has
    """
    if isinstance(error, ProtocolError):
        return error
    if isinstance(error, HTTPException) and error.code and error.code < 500:
        # raised by another addon's hook: its status stands, its HTML does not
        told = ProtocolError(HTTPStatus(error.code).phrase)
        told.http_status = error.code
        return told
    if isinstance(error, OperationalError | ConcurrencyError):
        return InternalError("The database is busy. Try again in a moment.")
    # on the way of a plain answer Odoo logs it with its traceback
    return InternalError(
        "Internal error. The server's log has the details.",
        {"requestId": str(request_id)},
    )
