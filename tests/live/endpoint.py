"""The endpoint as plain HTTP: messages out, answers in, and what every refusal owes."""

import itertools
import json
import re

import httpx

MODERN = "2026-07-28"
LATEST_LEGACY = "2025-11-25"
LEGACY = ("2024-11-05", "2025-03-26", "2025-06-18", LATEST_LEGACY)
REVISIONS = (*LEGACY, MODERN)
#: What the server says it can do, with all addons installed.
CAPABILITIES = {"tools", "resources", "prompts", "completions", "logging"}
#: What a request without a version header is read as.
ASSUMED = "2025-03-26"

META_VERSION = "io.modelcontextprotocol/protocolVersion"
META_CAPABILITIES = "io.modelcontextprotocol/clientCapabilities"
META_CLIENT = "io.modelcontextprotocol/clientInfo"

#: No answer takes longer, in seconds.
PATIENCE = 5
_CLIENT = {"name": "live-tests", "version": "1"}
_LEAKS = re.compile(
    r"Traceback|File \"|\.py\b|/usr/|/odoo/|site-packages|psycopg|werkzeug"
    r"|\bSELECT\b|\bFROM\b|<html|<!doctype",
    re.IGNORECASE,
)


class Endpoint:
    """One caller of the endpoint; a context manager."""

    def __init__(self, url, key=None, patience=PATIENCE):
        self.url = url
        self.key = key
        self._ids = itertools.count(1)
        self._sessions = {}
        self._http = httpx.Client(timeout=patience, trust_env=False)

    def __enter__(self):
        return self

    def __exit__(self, *exception):
        self._http.close()

    def session(self, revision):
        """Return the id of this caller's session in a legacy revision.

        Opened at the first call; ``None`` where the caller is not let in.
        """
        if revision not in self._sessions:
            self._sessions[revision] = None
            opened = self._initialize(revision or ASSUMED)
            self._sessions[revision] = opened.headers.get("mcp-session-id")
        return self._sessions[revision]

    def forget_sessions(self):
        """Open new sessions from now on."""
        self._sessions.clear()

    def headers(self, revision=LATEST_LEGACY, **changes):
        """Return what a good client sends; ``None`` leaves a header out.

        Names are given with underscores: ``mcp_method="tools/list"``.
        """
        session = self.session(revision) if self.key and revision != MODERN else None
        headers = {
            "accept": "application/json, text/event-stream",
            "content-type": "application/json",
            "authorization": f"Bearer {self.key}" if self.key else None,
            "mcp-protocol-version": revision,
            "mcp-session-id": session,
        }
        headers |= {name.replace("_", "-"): value for name, value in changes.items()}
        return {name: value for name, value in headers.items() if value is not None}

    def message(self, method, params=None, revision=LATEST_LEGACY):
        """Return a request as *revision* writes it."""
        params = dict(params or {})
        if revision == MODERN:
            params["_meta"] = {
                META_VERSION: MODERN,
                META_CAPABILITIES: {},
                META_CLIENT: _CLIENT,
            }
        return {
            "jsonrpc": "2.0",
            "id": next(self._ids),
            "method": method,
            "params": params,
        }

    def send(self, body=None, *, method="POST", path="", headers=None):
        """Send *body* (a JSON value or bytes) and return the raw answer.

        :param headers: instead of :meth:`headers`, all of them
        """
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        return self._http.request(
            method,
            self.url + path,
            content=body,
            headers=self.headers() if headers is None else headers,
        )

    def post(self, method, params=None, revision=LATEST_LEGACY, **changes):
        """Send a request with the headers that belong to it, changed as told."""
        message = self.message(method, params, revision)
        if revision == MODERN:
            name = (params or {}).get("name")
            changes = {"mcp_method": method, "mcp_name": name} | changes
        return self.send(message, headers=self.headers(revision, **changes))

    def ask(self, method, params=None, revision=LATEST_LEGACY):
        """Return the result of a request."""
        response = self.post(method, params, revision)
        assert response.status_code == 200, response.text
        assert_ours(response)
        answer = response.json()
        assert "error" not in answer, answer
        return answer["result"]

    def call(self, tool, **arguments):
        """Return the structured result of a tool."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        assert result["isError"] is False, result
        assert json.loads(result["content"][0]["text"]) == result["structuredContent"]
        return result["structuredContent"]

    def failed_call(self, tool, **arguments):
        """Return the text of a tool that is meant to fail."""
        result = self.ask("tools/call", {"name": tool, "arguments": arguments})
        assert result["isError"] is True, result
        return result["content"][0]["text"]

    def initialize(self, requested=LATEST_LEGACY):
        """Return the result of ``initialize``."""
        response = self._initialize(requested)
        assert response.status_code == 200, response.text
        return response.json()["result"]

    def _initialize(self, requested):
        message = self.message(
            "initialize",
            {
                "protocolVersion": requested,
                "capabilities": {},
                "clientInfo": _CLIENT,
            },
        )
        return self.send(
            message, headers=self.headers(MODERN, mcp_protocol_version=None)
        )


def assert_ours(response):
    """Assert what holds for every answer of the endpoint, good or bad."""
    assert response.status_code < 300 or response.status_code >= 400
    assert response.status_code < 500, response.text
    assert "set-cookie" not in response.headers
    assert "location" not in response.headers
    assert response.headers["x-content-type-options"] == "nosniff"
    if response.content:
        assert response.headers["content-type"] == "application/json"
        answer = response.json()
        assert answer["jsonrpc"] == "2.0"
        assert ("result" in answer) != ("error" in answer)


def assert_refused(response, status, code, words=""):
    """Assert an error in the shape of JSON-RPC; return its ``error`` member."""
    assert response.status_code == status, response.text
    assert_ours(response)
    answer = response.json()
    assert set(answer) <= {"jsonrpc", "id", "error"}
    assert answer.get("id", "absent") is not None
    error = answer["error"]
    assert error["code"] == code, error
    assert isinstance(error["message"], str)
    assert error["message"].isprintable()
    assert words in error["message"]
    assert not _LEAKS.search(response.text), response.text
    if status == 401:
        assert response.headers["www-authenticate"].startswith("Bearer")
    return error
