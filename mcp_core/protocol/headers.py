"""HTTP headers of the Streamable HTTP transport.

They repeat parts of the body so that proxies can route without reading it. A server
that believed one while a proxy believed the other could be tricked, hence: compare,
and refuse any difference (revision 2026-07-28, transports, "Standard Headers").
"""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from .errors import (
    HeaderMismatch,
    InvalidParams,
    NotAcceptable,
    UnsupportedProtocolVersion,
    quote,
)
from .jsonrpc import Message, Request, Response
from .revision import ASSUMED, REVISIONS, Revision

PROTOCOL_VERSION = "MCP-Protocol-Version"
SESSION = "Mcp-Session-Id"
METHOD = "Mcp-Method"
NAME = "Mcp-Name"
PARAMETER_PREFIX = "Mcp-Param-"

META_PREFIX = "io.modelcontextprotocol/"
META_PROTOCOL_VERSION = META_PREFIX + "protocolVersion"
META_CLIENT_CAPABILITIES = META_PREFIX + "clientCapabilities"
META_CLIENT_INFO = META_PREFIX + "clientInfo"
META_LOG_LEVEL = META_PREFIX + "logLevel"
META_SERVER_INFO = META_PREFIX + "serverInfo"

#: Which parameter Mcp-Name repeats, by method.
_NAMED_BY = {
    "tools/call": "name",
    "prompts/get": "name",
    "resources/read": "uri",
}

_BASE64_PREFIX, _BASE64_SUFFIX = "=?base64?", "?="


def decode_value(value: str) -> str:
    """Return what a header value says, ``=?base64?…?=`` undone.

    :raise HeaderMismatch: the encoded form is not valid base64 of UTF-8
    """
    if not (value.startswith(_BASE64_PREFIX) and value.endswith(_BASE64_SUFFIX)):
        return value
    encoded = value[len(_BASE64_PREFIX) : -len(_BASE64_SUFFIX)]
    try:
        return base64.b64decode(encoded, validate=True).decode()
    except (binascii.Error, ValueError):
        raise HeaderMismatch("A header holds invalid base64.") from None


def check_accept(accept: str | None) -> None:
    """Refuse a client that could not read the answer.

    No header at all means "anything" (RFC 9110, section 12.5.1).

    :param accept: the ``Accept`` header
    :raise NotAcceptable: ``application/json`` is not among the accepted types
    """
    if accept is None:
        return
    for media_range in accept.split(","):
        media_type, *parameters = (
            part.strip().lower() for part in media_range.split(";")
        )
        readable = media_type in ("application/json", "application/*", "*/*")
        if readable and not any(map(_is_zero_quality, parameters)):
            return
    raise NotAcceptable(
        "This endpoint answers with application/json: send "
        "'Accept: application/json, text/event-stream'."
    )


def _is_zero_quality(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return name.strip() == "q" and not value.strip().strip("0.")


def select_revision(headers: Mapping[str, str], message: Message) -> Revision:
    """Return the revision in which *message* was sent, its headers checked.

    The header chooses the era and the body has to agree. Order of checks as in
    revision 2026-07-28: the members of ``_meta``, then the headers against the body,
    then whether the version is served.

    :param headers: the HTTP headers, case-insensitive
    :raise InvalidParams: a modern request without its ``_meta`` members
    :raise HeaderMismatch: header and body contradict each other
    :raise UnsupportedProtocolVersion: a version that is not served
    """
    version = headers.get(PROTOCOL_VERSION)
    if version is not None:
        version = version.strip()
    revision = REVISIONS.get(version) if version is not None else None
    if revision is not None and revision.modern:
        _check_modern(headers, version, message)
        return revision
    declared = (
        None
        if isinstance(message, Response)
        else message.params.get("_meta", {}).get(META_PROTOCOL_VERSION)
    )
    if declared is not None:
        # a modern body: its header must say the same, whatever version it is
        _check_modern(headers, version, message)
    if version is None:
        return ASSUMED
    if revision is None:
        raise UnsupportedProtocolVersion(version, REVISIONS)
    return revision


def _check_modern(
    headers: Mapping[str, str], version: str | None, message: Message
) -> None:
    if isinstance(message, Request):
        _check_meta(message)
    if isinstance(message, Response):
        return
    declared = message.params.get("_meta", {}).get(META_PROTOCOL_VERSION)
    if declared is not None or isinstance(message, Request):
        _compare(PROTOCOL_VERSION, version, declared)
    if isinstance(message, Request):
        _compare(METHOD, headers.get(METHOD), message.method)
        if parameter := _NAMED_BY.get(message.method):
            _compare(NAME, headers.get(NAME), message.params.get(parameter))
    elif headers.get(METHOD) is not None:
        # mirrored from requests; a notification may omit it
        _compare(METHOD, headers[METHOD], message.method)
    if version not in REVISIONS:
        raise UnsupportedProtocolVersion(version or "", REVISIONS)


def _check_meta(message: Request) -> None:
    meta = message.params.get("_meta", {})
    if not isinstance(meta.get(META_PROTOCOL_VERSION), str):
        raise InvalidParams(f"params._meta needs {META_PROTOCOL_VERSION} (string).")
    if not isinstance(meta.get(META_CLIENT_CAPABILITIES), dict):
        raise InvalidParams(f"params._meta needs {META_CLIENT_CAPABILITIES} (object).")


def mirrored_parameters(schema: Any, path: tuple = ()) -> Iterator[tuple[str, tuple]]:
    """Yield (header suffix, path) of the properties annotated with ``x-mcp-header``.

    :param schema: of a tool's arguments, decoded
    """
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    for name, property_ in (properties or {}).items():
        if not isinstance(property_, Mapping):
            continue
        suffix = property_.get("x-mcp-header")
        if isinstance(suffix, str):
            yield suffix, (*path, name)
        yield from mirrored_parameters(property_, (*path, name))


def check_parameters(
    headers: Mapping[str, str],
    parameters: Iterable[tuple[str, tuple]],
    arguments: Mapping[str, Any],
) -> None:
    """Compare the ``Mcp-Param-*`` headers of a call with its arguments.

    :param parameters: from :func:`mirrored_parameters`
    :raise HeaderMismatch: one is missing, superfluous or different
    """
    for suffix, path in parameters:
        name = PARAMETER_PREFIX + suffix
        value: Any = arguments
        for step in path:
            value = value.get(step) if isinstance(value, Mapping) else None
        header = headers.get(name)
        if value is None:
            if header is not None:
                raise HeaderMismatch(f"The {name} header has no argument to repeat.")
            continue
        _compare(name, header, _as_header(value))


def _as_header(value: Any) -> str:
    """Return the text that stands for an argument in a header."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else str(value)


def _compare(name: str, header: str | None, body: object) -> None:
    if header is None:
        raise HeaderMismatch(f"The {name} header is missing.")
    value = decode_value(header.strip())
    if value != body:
        raise HeaderMismatch(
            f"Header mismatch: {name} header value {quote(value)} "
            f"does not match body value {quote(body)}."
        )
