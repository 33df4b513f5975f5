"""What HTTP says of a request to the endpoint, apart from the message in its body.

Functions on werkzeug's request: they need neither a database nor a user, and so can be
asked wherever the dispatcher is on the way of a request (transports, "Streamable
HTTP").
"""

from werkzeug.wrappers import Request

from .protocol import headers
from .protocol.errors import (
    LengthRequired,
    MethodNotAllowed,
    PayloadTooLarge,
    UnsupportedMediaType,
)
from .protocol.revision import REVISIONS

#: The HTTP methods that are served.
ALLOWED_METHODS = "POST, DELETE"
MEDIA_TYPE = "application/json"
EVENT_STREAM = "text/event-stream"


def check_method(http: Request) -> None:
    """Refuse an HTTP method that is not served.

    DELETE ends a session (transports, "Session Management"), which the modern era has
    not.

    :raise MethodNotAllowed: neither POST nor such a DELETE
    """
    if http.method == "DELETE" and not _names_modern_revision(http):
        return
    if http.method != "POST":
        # No stream for GET: it would hold a worker, of which there are few, for as
        # long as the client likes, and what is worth telling is told on the streams
        # of requests.
        raise MethodNotAllowed(
            "Send MCP messages with POST.", headers=[("Allow", ALLOWED_METHODS)]
        )


def check_body(http: Request, limit: int) -> None:
    """Refuse a POST whose body is not plain JSON of a known length, or is too long.

    :param limit: in bytes; werkzeug reads no more than that afterwards
    :raise NotAcceptable: the client accepts no JSON
    :raise UnsupportedMediaType: another Content-Type, or a Content-Encoding
    :raise LengthRequired: no Content-Length
    :raise PayloadTooLarge: more than *limit*
    """
    headers.check_accept(http.headers.get("Accept"))
    if http.mimetype != MEDIA_TYPE:
        raise UnsupportedMediaType(f"The Content-Type must be {MEDIA_TYPE}.")
    if http.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedMediaType("Send the body without a Content-Encoding.")
    if http.content_length is None:
        raise LengthRequired("Send a Content-Length instead of chunks.")
    if http.content_length > limit:
        raise PayloadTooLarge(f"The body exceeds the limit of {limit} bytes.")
    http.max_content_length = limit


def session_token(http: Request) -> str | None:
    """Return the Mcp-Session-Id that the client sent, ``None`` without one."""
    return http.headers.get(headers.SESSION)


def accepts_events(http: Request) -> bool:
    """Return whether the client can read an event stream.

    It has to name the type: who sends a wildcard can hardly read events.
    """
    return any(name == EVENT_STREAM for name, _quality in http.accept_mimetypes)


def names_of_host(http: Request) -> set[str]:
    """Return what a list of hosts may call the host that was asked for.

    :return: in lower case, with the port and without it
    """
    name = http.host.lower()
    return {name, name.rpartition(":")[0]}


def _names_modern_revision(http: Request) -> bool:
    name = http.headers.get(headers.PROTOCOL_VERSION)
    revision = REVISIONS.get((name or "").strip())
    return revision is not None and revision.modern
