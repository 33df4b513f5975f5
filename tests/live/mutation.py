"""Requests as a seed makes them: good ones, broken in up to four places.

And what each of them is owed: a short answer in JSON that is no fault of ours.
"""

import json
import random
import re
import time

from arguments import TOOLS, Arguments, odd
from endpoint import (
    LATEST_LEGACY,
    LEGACY,
    META_CAPABILITIES,
    META_VERSION,
    MODERN,
    PATIENCE,
    assert_ours,
)

_METHODS = [
    *("initialize", "ping", "tools/list", *["tools/call"] * 6, "logging/setLevel"),
    *("server/discover", "notifications/initialized", "resources/list", "_handle"),
    *("resources/read", "prompts/list", "prompts/get", "completion/complete"),
]
_URIS = ["odoo://partner/1", "test://static-text", "file:///etc/passwd", "a", "odoo:"]
_HEADER_VALUES = [
    *(
        "",
        "*",
        "null",
        "application/json",
        "text/html",
        "2025-06-18",
        MODERN,
        "0",
        "-1",
    ),
    *("tools/call", "=?base64?Y291bnQ=?=", "=?base64?", "Bearer", "a" * 3000, "gzip"),
    *("http://127.0.0.1", "bytes=0-1", "100-continue", "utf-16", ";", "," * 200),
]
#: Not Host and not X-Odoo-Database: Odoo reads those before it looks for a controller.
_HEADER_NAMES = [
    *("accept", "content-type", "content-encoding", "mcp-protocol-version", "origin"),
    *("mcp-method", "mcp-name", "mcp-session-id", "last-event-id", "cookie", "range"),
    *("x-forwarded-for", "accept-language", "if-none-match"),
    *("x-http-method-override", "forwarded", "accept-encoding", "user-agent"),
]
_BROKEN_CONSTRAINT = re.compile(
    r"odoo\.sql_db: bad query: b['\"]\s*(INSERT|UPDATE|DELETE) "
)
_BYTES = [b'"', b"{", b"}", b"[", b"\\", b",", b":", b"\0", b"\xff", b"\xc3", b"1e999"]


class Mutation:
    """One request, made from a seed; the same seed makes the same request."""

    def __init__(self, seed, endpoint):
        self._random = random.Random(seed)
        self.verb = "POST"
        self.path = ""
        revision = self._pick([*LEGACY, LATEST_LEGACY, MODERN, MODERN])
        self._message = self._request(revision)
        self.headers = endpoint.headers(revision)
        if revision == MODERN:
            self.headers["mcp-method"] = self._message["method"]
            params = self._message["params"]
            if isinstance(name := params.get("name", params.get("uri")), str):
                self.headers["mcp-name"] = name
        for _ in range(self._random.randint(0, 3)):
            self._pick([self._break_value, self._break_value, self._break_header])()
        self.body = json.dumps(self._message).encode()
        if self._random.random() < 0.2:
            self._pick([self._break_bytes, self._break_verb, self._break_path])()

    def __repr__(self):
        headers = {name: self.headers[name][:80] for name in self.headers}
        headers.pop("authorization", None)
        return f"{self.verb} {self.path} {headers} {self.body[:2000]!r}"

    def _pick(self, choices):
        return self._random.choice(choices)

    def _request(self, revision):
        method = self._pick(_METHODS)
        params = self._params(method)
        if revision == MODERN:
            params["_meta"] = {META_VERSION: MODERN, META_CAPABILITIES: {}}
        return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}

    def _params(self, method):
        if method == "tools/call":
            tool = self._pick(TOOLS)
            return {"name": tool, "arguments": Arguments(self._random).of(tool)}
        if method == "initialize":
            return {
                "protocolVersion": self._pick([*LEGACY, MODERN, "x"]),
                "capabilities": {},
                "clientInfo": {"name": "mutation", "version": "1"},
            }
        if method == "logging/setLevel":
            return {"level": self._pick(["debug", "error", "loud"])}
        if method == "resources/read":
            return {"uri": self._pick(_URIS)}
        if method == "prompts/get":
            return {"name": self._pick(["none", "a b"]), "arguments": {"a": "b"}}
        if method == "completion/complete":
            prompt = {"type": "ref/prompt", "name": "none"}
            resource = {"type": "ref/resource", "uri": self._pick(_URIS)}
            return {
                "ref": self._pick([prompt, resource]),
                "argument": {"name": "model", "value": "res"},
                "context": {"arguments": {"a": "b"}},
            }
        return {}

    def _break_value(self):
        """Replace, remove, add or repeat something anywhere in the message."""
        holder = self._message
        while True:
            keys = list(holder if isinstance(holder, dict) else range(len(holder)))
            if not keys:
                return
            key = self._pick(keys)
            deeper = holder[key]
            if not (isinstance(deeper, dict | list) and self._random.random() < 0.8):
                break
            holder = deeper
        what = self._pick(["replace", "replace", "remove", "add", "wrap"])
        if what == "replace":
            holder[key] = odd(self._random)
        elif what == "remove":
            del holder[key]
        elif what == "wrap":
            for _ in range(self._pick([1, 3, 70])):
                holder[key] = self._pick([[holder[key]], {"a": holder[key]}])
        elif isinstance(holder, dict):
            holder[str(self._pick(["cursor", "extra", "id", "_meta"]))] = odd(
                self._random
            )
        else:
            holder.append(odd(self._random))

    def _break_header(self):
        name = self._pick(_HEADER_NAMES)
        if self._random.random() < 0.3:
            self.headers.pop(name, None)
        else:
            self.headers[name] = self._pick(_HEADER_VALUES)

    def _break_bytes(self):
        body = bytearray(self.body)
        for _ in range(self._random.randint(1, 4)):
            start = self._random.randint(0, len(body))
            end = start + self._pick([0, 0, 1, 5, 50])
            body[start:end] = self._pick([*_BYTES, self._random.randbytes(3)])
        self.body = bytes(body)

    def _break_verb(self):
        self.verb = self._pick(["GET", "PUT", "DELETE", "OPTIONS", "HEAD", "X"])

    def _break_path(self):
        self.path = self._pick(
            ["/", "?a=b", "?db=x&debug=assets", "/?%ff", "?" + "a" * 9]
        )


def attack(caller, seed, number):
    """Send a mutated request and return the status of its answer.

    :raises AssertionError: the answer is not what a wrong request is owed
    """
    mutation = Mutation(f"{seed}/{number}", caller)
    try:
        return _attack(caller, mutation)
    except Exception as error:
        raise AssertionError(
            f"request {number} of seed {seed} ({error!r}): {mutation!r}\n"
            f"to repeat it: MCP_TEST_SEED={seed} MCP_TEST_FUZZ_ONLY={number}"
            " setup/test fuzz"
        ) from error


def _attack(caller, mutation):
    begun = time.monotonic()
    response = caller.send(
        mutation.body,
        method=mutation.verb,
        path=mutation.path,
        headers=mutation.headers,
    )
    assert time.monotonic() - begun < PATIENCE
    assert_ours(response)
    # what a tool says where it met an exception that nobody thought of
    assert "error in Odoo" not in response.text
    if mutation.verb != "HEAD":
        assert bool(response.content) == (response.status_code not in (202, 204))
    if mutation.verb == "DELETE":
        caller.forget_sessions()
    return response.status_code


def errors_in(log, begin):
    """Return the lines of a server's log, from *begin* on, that tell of errors.

    Not those of changes that break a constraint: Odoo logs them whoever makes them.
    """
    with log.open(errors="replace") as lines:
        lines.seek(begin)
        return [
            line
            for line in lines
            if (" ERROR " in line or " CRITICAL " in line)
            and not _BROKEN_CONSTRAINT.search(line)
        ]
