"""What stands before Odoo, for the addresses of this addon only.

Odoo reads the session cookie and the Host header before it knows which dispatcher a
request is for, and answers what it dislikes there with a page of HTML. Here such
requests are answered, or freed of their cookies, before it looks. A page that it makes
nevertheless, such as when its database was stopped, is not what a client is sent.

Works where the addon is loaded server-wide: otherwise the server has taken Odoo's
application before this module is imported.
"""

import re
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from werkzeug.urls import uri_to_iri

from .protocol import jsonrpc
from .protocol.errors import InvalidRequest, ProtocolError, ServiceUnavailable

_HOST = re.compile(r"([A-Za-z0-9._-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(:[0-9]{1,5})?")
#: Others stay: Odoo's own tests tell by one that a request is theirs.
_SESSION_COOKIE = re.compile(r"(?<![^\s;])session_id\s*=[^;]*;?")


class FrontDoor:
    """A WSGI application in front of Odoo's own, which it otherwise looks like."""

    def __init__(self, application: Callable):
        self._application = application

    def __getattr__(self, name: str) -> Any:
        return getattr(self._application, name)

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        if environ.get("PATH_INFO", "").strip("/") != "mcp":
            return self._application(environ, start_response)
        # with slashes to spare Odoo would answer with a redirect
        environ["PATH_INFO"] = "/mcp"
        # nobody has a session here, and one of another database would be refused
        if cookies := environ.pop("HTTP_COOKIE", ""):
            environ["HTTP_COOKIE"] = _SESSION_COOKIE.sub("", cookies)
        # Odoo can't do without the first; HTTP/1.0 can
        for name, missing in (
            ("HTTP_HOST", ""),
            ("HTTP_X_FORWARDED_HOST", "localhost"),
        ):
            if not all(map(_is_host, environ.get(name, missing).split(","))):
                error = InvalidRequest("The Host header names no host.")
                return _refuse(start_response, error, HTTPStatus.BAD_REQUEST)
        page = []

        def start(status, headers, exc_info=None):
            if not _is_page(headers):
                return start_response(status, headers, exc_info)
            page.append(int(status[:3]))
            return _discard

        body = self._application(environ, start)
        if not page:
            return body
        if hasattr(body, "close"):
            body.close()
        return _refuse(start_response, *_explain(page[0]))


def _is_page(headers: list[tuple[str, str]]) -> bool:
    """Return whether an answer is for a browser: ours are JSON, events or empty."""
    return any(
        name.lower() == "content-type" and value.startswith("text/html")
        for name, value in headers
    )


def _discard(_data: bytes) -> None:
    """Take what Odoo writes of a page that nobody is sent."""


def _explain(status: int) -> tuple[ProtocolError, int]:
    """Return what is said instead of a page, and its status."""
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return InvalidRequest("The server can't make sense of this request."), status
    error = ServiceUnavailable(
        "Odoo or its database can't answer at the moment. Try again in a while."
    )
    return error, error.http_status


def _is_host(value: str) -> bool:
    value = value.strip()
    if not _HOST.fullmatch(value):
        return False
    try:
        # as werkzeug reads it: ports have a maximum, international names a form
        uri_to_iri(f"http://{value}/")
    except ValueError:
        return False
    return True


def _refuse(start_response: Callable, error: ProtocolError, status: int) -> list[bytes]:
    body = jsonrpc.encode_error(None, error)
    start_response(
        f"{int(status)} {HTTPStatus(status).phrase.upper()}",
        [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("X-Content-Type-Options", "nosniff"),
            ("Cache-Control", "no-store"),
        ],
    )
    return [body]
