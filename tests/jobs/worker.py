"""A client that does a job by what it was told, and by nothing else.

No model is behind it: the steps are written in the tests. That they could be a model's
is checked at each call. Whatever is sent (a model, a field, an id, a method, a value)
must have occurred before: in the words of the job, in the list of tools, or in an
answer; and an id in an answer only.
"""

import json
import re
from dataclasses import dataclass

import httpx2
from anyio.from_thread import start_blocking_portal
from mcp import Client
from mcp.client.streamable_http import streamable_http_client

#: The client's own choice, whatever was said before: everyday words among them.
_FREE = frozenset({"idempotency_key", "limit", "words"})
_IDS = frozenset({"ids", "id"})
_TOKEN = re.compile(r"[^\W_]\w*")
#: What people know of buttons where no tool lists them: Odoo's documentation says so.
_DOCUMENTED = {
    "Confirm": "action_confirm",
    "Validate": "button_validate",
    "Create Backorder": "process",
    "Pay": "action_register_payment",
}


@dataclass(slots=True)
class Cost:
    """What a model would have paid: its words, and those of the answers."""

    calls: int = 0
    sent: int = 0
    received: int = 0

    @property
    def tokens(self):
        return (self.sent + self.received) // 4


class Connection:
    """The official Python SDK, for callers that do not await; a context manager."""

    def __init__(self, url, key, mode):
        self._url = url
        self._headers = {"Authorization": f"Bearer {key}"}
        self._mode = mode

    def __enter__(self):
        self._opened = start_blocking_portal()
        self._portal = self._opened.__enter__()
        self._client_context = self._portal.wrap_async_context_manager(self._connect())
        self._client = self._client_context.__enter__()
        return self

    def __exit__(self, *exception):
        self._client_context.__exit__(*exception)
        self._opened.__exit__(*exception)

    def _connect(self):
        from contextlib import asynccontextmanager

        @asynccontextmanager
        async def connect():
            async with httpx2.AsyncClient(
                headers=self._headers, trust_env=False, timeout=60
            ) as http:
                transport = streamable_http_client(self._url, http_client=http)
                async with Client(transport, mode=self._mode) as client:
                    yield client

        return connect()

    def tools(self):
        """Return the tools as JSON values, by name."""
        listed = self._portal.call(self._client.list_tools)
        return {
            tool.name: tool.model_dump(by_alias=True, mode="json", exclude_none=True)
            for tool in listed.tools
        }

    def call(self, tool, arguments):
        """Return the result of a tool."""
        return self._portal.call(self._client.call_tool, tool, arguments)


class Worker:
    """One job.

    :param str brief: what somebody asks for, in their own words
    :ivar Cost cost: what it took so far
    """

    def __init__(self, connection, tools, brief):
        self.cost = Cost()
        self.said = []
        self._connection = connection
        self._tools = tools
        self._known = _tokens(brief) | _tokens(json.dumps(tools, ensure_ascii=False))
        self._answered = set()

    @property
    def tools(self):
        """The names of the tools that are offered."""
        return set(self._tools)

    def call(self, tool, **arguments):
        """Return the structured result of a tool."""
        result = self._result(tool, arguments)
        assert not result.is_error, (tool, arguments, result.content[0].text)
        return result.structured_content

    def refused(self, tool, **arguments):
        """Return the text of a tool that is meant to refuse."""
        result = self._result(tool, arguments)
        assert result.is_error, (tool, arguments, result.structured_content)
        return result.content[0].text

    def blocks(self, tool, **arguments):
        """Return the blocks of a tool's answer behind its text."""
        result = self._result(tool, arguments)
        assert not result.is_error, (tool, arguments, result.content[0].text)
        return result.content[1:]

    def press(self, label, model, id, **arguments):
        """Press the button *label* of a record: return the result of ``method_call``.

        Its method is the one that the record lists.
        """
        return self.call("method_call", **self.button(label, model, id), **arguments)

    def button(self, label, model, id):
        """Return the arguments of ``method_call`` that stand for a button."""
        if "list_actions" in self._tools:
            listed = self.call("list_actions", model=model, id=id)
            [action] = [
                action for action in listed["actions"] if action["label"] == label
            ]
            assert action["tool"] == "method_call"
            kept = {key: action[key] for key in ("method", "handle") if key in action}
        else:
            kept = {"method": _DOCUMENTED[label]}
            self._known |= _tokens(kept["method"])
        return {"model": model, "ids": [id], **kept}

    def _result(self, tool, arguments):
        self._check(tool, arguments)
        result = self._connection.call(tool, arguments)
        # what the model reads: not the same JSON a second time, nor files
        text = result.content[0].text
        self.cost.calls += 1
        self.cost.sent += len(json.dumps({"name": tool, "arguments": arguments}))
        self.cost.received += len(text.encode())
        for block in result.content:
            said = getattr(block, "text", "") or block.model_dump_json()
            self._known |= _tokens(said)
            self._answered |= _tokens(said)
        self.said.append(text)
        return result

    # ------------------------------------------------------------
    # Where it knows it from
    # ------------------------------------------------------------

    def _check(self, tool, arguments):
        assert tool in self._tools, f"nobody told of the tool {tool}"
        assert set(arguments) <= set(self._tools[tool]["inputSchema"]["properties"])
        for name, value in arguments.items():
            if name not in _FREE:
                known = self._answered if name in _IDS else self._known
                for leaf in _leaves(value):
                    unknown = _tokens(leaf) - known
                    assert not unknown, f"nobody told of {unknown}: {tool} {arguments}"


def _leaves(value):
    """Yield all keys and values as text, but those that say only yes or no."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield key
            yield from _leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    elif not (value is None or isinstance(value, bool)):
        yield str(value)


def _tokens(text):
    """Return the words of *text*; names of fields and models are words or made of."""
    return set(_TOKEN.findall(text))
