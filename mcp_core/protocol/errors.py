"""Errors of the protocol: raised where they are known, turned into bytes in one place.

A :class:`ProtocolError` is an answer, not a failure of the server. Texts are for the
person or model at the other end: what is wrong and what to do. What the client sent
may appear in them through :func:`quote` only.
"""

import logging
from collections.abc import Iterable, Mapping

#: Where a name or value of the client is repeated, no more than this many characters.
QUOTED_MAX = 120


def quote(value: object) -> str:
    """Return *value* as one short printable line, safe for messages and logs."""
    text = value if isinstance(value, str) else repr(value)
    text = text[: QUOTED_MAX + 1]
    if not text.isprintable():
        text = ascii(text)[1:-1]
    if len(text) > QUOTED_MAX:
        text = text[:QUOTED_MAX] + "…"
    return f"'{text}'"


class ProtocolError(Exception):
    """An error answer in the sense of JSON-RPC.

    :cvar code: the JSON-RPC error code
    :cvar http_status: the status of the HTTP response that carries it
    :cvar in_band: whether the legacy era answers it with HTTP 200. Clients of that
        era drop the body of any other status, so whatever happens after a request
        was understood stays in band.
    :param message: a sentence for the caller
    :param data: further members for programs, or ``None``
    :param headers: HTTP headers that belong to the refusal
    """

    code = -32600
    http_status = 400
    in_band = False
    #: Odoo's WSGI layer logs an exception at its own level when it has one; an
    #: answer given to a client is not an incident.
    loglevel = logging.DEBUG

    def __init__(
        self,
        message: str,
        data: Mapping | None = None,
        headers: Iterable[tuple[str, str]] = (),
    ):
        super().__init__(message)
        self.message = message
        self.data = data
        self.headers = tuple(headers)


# What the transport refuses before a message was understood.


class Unauthorized(ProtocolError):
    """No credential, or none that is accepted (HTTP 401)."""

    code = -32000
    http_status = 401


class Forbidden(ProtocolError):
    """The caller is known but may not do this (HTTP 403)."""

    code = -32000
    http_status = 403


class MethodNotAllowed(ProtocolError):
    """An HTTP method that the endpoint does not serve (HTTP 405)."""

    http_status = 405


class NotAcceptable(ProtocolError):
    """The client accepts no media type that the endpoint can send (HTTP 406)."""

    http_status = 406


class TooManyRequests(ProtocolError):
    """The caller asks too often (HTTP 429, RFC 6585, section 4).

    :param retry_after: seconds until it is worth trying again
    """

    code = -32000
    http_status = 429

    def __init__(
        self,
        message: str,
        retry_after: int,
        headers: Iterable[tuple[str, str]] = (),
    ):
        super().__init__(
            message,
            {"retryAfter": retry_after},
            [("Retry-After", str(retry_after)), *headers],
        )


class ServiceUnavailable(ProtocolError):
    """A state of operation, not a failure: the reason is in the message (HTTP 503)."""

    code = -32000
    http_status = 503


class LengthRequired(ProtocolError):
    """A body without a Content-Length (HTTP 411)."""

    http_status = 411


class PayloadTooLarge(ProtocolError):
    """A body over the limit (HTTP 413)."""

    http_status = 413


class UnsupportedMediaType(ProtocolError):
    """A body that is not plain JSON (HTTP 415)."""

    http_status = 415


class SessionNotFound(ProtocolError):
    """No such session, or one of somebody else (HTTP 404): initialize again."""

    code = -32001
    http_status = 404


# What JSON-RPC itself defines (section 5.1).


class ParseError(ProtocolError):
    """The body is not JSON, or JSON that this server refuses to read."""

    code = -32700


class InvalidRequest(ProtocolError):
    """JSON, but no message of this protocol."""


class MethodNotFound(ProtocolError):
    """A method that the revision in use does not have."""

    code = -32601
    http_status = 404
    in_band = True


class InvalidParams(ProtocolError):
    """Parameters that the method does not take."""

    code = -32602
    in_band = True


class ResourceNotFound(ProtocolError):
    """No resource has the URI, or none that the caller may read.

    The code moved to that of invalid parameters in revision 2026-07-28.
    """

    in_band = True

    def __init__(self, uri: str, *, modern: bool):
        super().__init__(f"Resource not found: {quote(uri)}.", {"uri": uri})
        self.code = InvalidParams.code if modern else -32002


class InternalError(ProtocolError):
    """Something went wrong here; the details are in the server's log."""

    code = -32603
    in_band = True


# What revision 2026-07-28 adds (schema, "Errors").


class HeaderMismatch(ProtocolError):
    """An HTTP header is missing or contradicts the body."""

    code = -32020


class MissingClientCapability(ProtocolError):
    """The request needs something that the client did not declare it can do."""

    code = -32021

    def __init__(self, required: Mapping):
        super().__init__(
            f"This needs a client that supports {', '.join(required)}.",
            {"requiredCapabilities": dict(required)},
        )


class UnsupportedProtocolVersion(ProtocolError):
    """A revision that this server does not speak."""

    code = -32022

    def __init__(self, requested: str, supported: Iterable[str]):
        supported = list(supported)
        super().__init__(
            f"Unsupported protocol version {quote(requested)}. "
            f"Supported: {', '.join(supported)}.",
            {"supported": supported, "requested": requested[:QUOTED_MAX]},
        )
