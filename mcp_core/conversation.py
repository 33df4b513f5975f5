"""Talking to the client while a request runs: a live stream, and questions.

Plain Python: what needs the database to carry an answer from one worker to another is
in ``models/mcp_client_request.py``.
"""

import select
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import orjson


class Cancelled(Exception):
    """The client gave up on the request: stop, undo, and answer nothing."""


class InputRequired(Exception):
    """The request cannot go on before the client has answered (modern era).

    :ivar requests: what is asked, by key
    """

    def __init__(self, requests: "Mapping[str, InputRequest]"):
        super().__init__()
        self.requests = requests


@dataclass(frozen=True, slots=True)
class InputRequest:
    """Something that a server asks of its client.

    :param method: of the request, ``"elicitation/create"``
    :param capability: what the client has to declare for it
    """

    method: str
    params: Mapping[str, Any]
    capability: str

    @classmethod
    def elicitation(cls, message: str, schema: Mapping[str, Any]) -> "InputRequest":
        """Return the request that a person fill in a form ("Elicitation").

        :param schema: a flat object schema of strings, numbers, booleans and enums
        """
        params = {"message": message, "requestedSchema": schema}
        return cls("elicitation/create", params, "elicitation")

    @classmethod
    def sampling(
        cls, messages: list[Mapping[str, Any]], max_tokens: int, **options: Any
    ) -> "InputRequest":
        """Return the request that the client's model go on ("Sampling").

        :param messages: ``{"role", "content"}`` each
        :param options: further members of ``CreateMessageRequestParams``
        """
        params = {"messages": messages, "maxTokens": max_tokens, **options}
        return cls("sampling/createMessage", params, "sampling")

    @classmethod
    def roots(cls) -> "InputRequest":
        """Return the request for the folders that the client works in ("Roots")."""
        return cls("roots/list", {}, "roots")

    def describe(self) -> dict[str, Any]:
        """Return it as the members of a JSON-RPC request, without an id."""
        return {"method": self.method, "params": dict(self.params)}


class Asker(Protocol):
    """How the client of one exchange is asked."""

    def ask(self, requests: Mapping[str, InputRequest]) -> Mapping[str, Any]:
        """Return the answers to all *requests* by their keys, or raise.

        :raise InputRequired: they are to come with the request sent again
        :raise ToolError: they do not come
        """


class RetryAsker:
    """Asks by leaving: the client sends the request again, with the answers.

    :param answers: those that came so far, in this and in earlier rounds
    """

    def __init__(self, answers: Mapping[str, Any]):
        self.answers = dict(answers)

    def ask(self, requests: Mapping[str, InputRequest]) -> Mapping[str, Any]:
        """Return the answers to all *requests* by their keys.

        :raise InputRequired: some of them have not come yet
        """
        open_requests = {
            key: request for key, request in requests.items() if key not in self.answers
        }
        if open_requests:
            raise InputRequired(open_requests)
        return {key: self.answers[key] for key in requests}


class EventStream:
    """The server-sent events of one answer (transports, "Streamable HTTP").

    Written by the thread that runs the request. No event carries an id: a stream
    that broke is not resumed.

    :param write: sends bytes to the client at once
    :param connection: its socket, to notice that the client left
    :param cancels: whether leaving cancels the request, as in the modern era; in the
        legacy one the work goes on and its answer is lost
    :param is_cancelled: called at each check, for a cancellation by message
    """

    def __init__(
        self,
        write: Callable[[bytes], object],
        connection: socket.socket | None,
        *,
        cancels: bool,
        is_cancelled: Callable[[], bool],
    ):
        self._write = write
        self._connection = connection
        self._cancels = cancels
        self._is_cancelled = is_cancelled
        self._open = True

    @property
    def is_open(self) -> bool:
        """Whether the client was there when it was last looked for."""
        return self._open

    def send(self, body: bytes) -> None:
        """Send one JSON-RPC message.

        :raise Cancelled: the client is gone and that cancels the request
        """
        if self._open:
            try:
                self._write(b"event: message\ndata: " + body + b"\n\n")
            except OSError:
                self._open = False
        if not self._open and self._cancels:
            raise Cancelled

    def notify(self, method: str, params: Mapping[str, Any]) -> None:
        """Send a notification.

        :raise Cancelled: as :meth:`send`
        """
        message = {"jsonrpc": "2.0", "method": method, "params": params}
        self.send(orjson.dumps(message))

    def check(self) -> None:
        """Find out whether the client still wants the answer.

        :raise Cancelled: it does not
        """
        if self._is_cancelled():
            raise Cancelled
        if self._open and self._has_left():
            self._open = False
        if not self._open and self._cancels:
            raise Cancelled

    def _has_left(self) -> bool:
        """Return whether the client closed its end: there is nothing to read, for ever.

        A client sends nothing after its request, so readable means closed.
        """
        if self._connection is None:
            return False
        try:
            readable, _, _ = select.select([self._connection], [], [], 0)
            return bool(readable) and not self._connection.recv(1, socket.MSG_PEEK)
        except (OSError, ValueError):
            return True
