"""What is known about one request, from its first byte to its answer.

An :class:`Exchange` is made once per message, outside of the transaction, and so
survives Odoo's retries. It is handed through every layer: the transport fills it,
models read it, and tools talk to the client through it. It holds no environment, no
cursor and no credential.
"""

import os
import re
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .conversation import Asker, EventStream, InputRequest
from .protocol.errors import MissingClientCapability, ProtocolError
from .protocol.jsonrpc import Message, Request
from .protocol.logging import LEVELS, passes
from .protocol.revision import LATEST_LEGACY, Revision

#: The kind of event that comes last of each message.
FINISHED = "request.finished"

_TRACEPARENT = re.compile(r"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


def trace_id(traceparent: str) -> str:
    """Return the trace id that a ``traceparent`` names, empty for none."""
    match = _TRACEPARENT.match(traceparent)
    return match[1] if match else ""


def new_request_id() -> uuid.UUID:
    """Return a UUIDv7 (RFC 9562, section 5.7): unique, and sorted by time."""
    milliseconds = time.time_ns() // 1_000_000
    value = milliseconds << 80 | int.from_bytes(os.urandom(10))
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)


@dataclass(frozen=True, slots=True)
class Principal:
    """Who is calling, and by what right.

    :param user_id: the ``res.users`` id
    :param auth_method: how the caller proved it, for example ``"bearer"``
    :param credential: names the credential without revealing it, ``"apikey:12"``
    :param read_only: the credential is good for tools that change nothing
    """

    user_id: int
    auth_method: str
    credential: str
    read_only: bool = False


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """What the client says about itself: for display only, never for decisions."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class Session:
    """What ``initialize`` agreed on, for the messages that follow it (legacy era).

    :param id: the ``mcp.session`` id, not the secret that the client sends
    """

    id: int
    revision: Revision
    capabilities: Mapping[str, Any]
    client: ClientInfo | None
    log_level: str | None


@dataclass(slots=True)
class Exchange:
    """One message to the endpoint.

    :param address: the client's address as Odoo sees it (see ``proxy_mode``)
    :param user_agent: as sent, untrusted
    :param origin: the ``Origin`` header, ``None`` without one
    :param request_bytes: of the body
    :param trace_id: of the caller's trace (W3C Trace Context), empty without one
    :param id: the request id that logs and events are keyed by
    :param started: ``time.monotonic()`` at arrival, in seconds
    :param principal: set once authenticated
    :param message: set once parsed
    :param revision: set once negotiated
    :param client: set where the message or its session says it
    :param session: set for the legacy era, after ``initialize``
    :param capabilities: what the client declared that it can do
    :param log_level: the least severe level that the client wants to be sent,
        ``None`` for nothing
    :param stream: set while the answer is a live event stream
    :param asker: set where the client can be asked something
    :param response_headers: HTTP headers that belong to the answer; the messages of a
        batch share them
    :param batched: whether other messages share the request and its transaction
    :param memory: what hooks did for this message outside of its transaction, by names
        of theirs: a retry finds it there, and does not do it again
    """

    address: str
    user_agent: str
    origin: str | None
    request_bytes: int = 0
    trace_id: str = ""
    id: uuid.UUID = field(default_factory=new_request_id)
    started: float = field(default_factory=time.monotonic)
    principal: Principal | None = None
    message: Message | None = None
    revision: Revision | None = None
    client: ClientInfo | None = None
    session: Session | None = None
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    log_level: str | None = None
    stream: EventStream | None = None
    asker: Asker | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    batched: bool = False
    memory: dict[str, Any] = field(default_factory=dict)
    _batch: dict[int, "Exchange"] = field(default_factory=dict)
    _progressed: float | None = None

    @classmethod
    def on_screen(
        cls,
        user_id: int,
        method: str,
        params: Mapping[str, Any],
        *,
        address: str = "",
        user_agent: str = "",
    ) -> "Exchange":
        """Return the exchange of what a user tries on Odoo's own screens.

        It never was on the wire: a request as a client of the latest legacy revision
        would have sent it.

        :param method: of the protocol, ``"tools/call"``
        """
        return cls(
            address=address,
            user_agent=user_agent,
            origin=None,
            principal=Principal(user_id, "session", "session"),
            message=Request(1, method, params),
            revision=LATEST_LEGACY,
            client=ClientInfo("Odoo web client", "1"),
        )

    @property
    def duration(self) -> float:
        """Seconds since arrival."""
        return time.monotonic() - self.started

    @property
    def messages(self) -> "list[Exchange]":
        """The exchanges of a batch that were begun, or this one."""
        return list(self._batch.values()) or [self]

    def for_message(self, place: int, message: Message | ProtocolError) -> "Exchange":
        """Return the exchange of one message of a batch.

        It has an id of its own, which a retry of the batch does not change.

        :param place: of the message in the batch
        :param message: or the error that it is refused with
        """
        if isinstance(message, ProtocolError):
            message = None
        earlier = self._batch.get(place)
        exchange = Exchange(
            address=self.address,
            user_agent=self.user_agent,
            origin=self.origin,
            trace_id=self.trace_id,
            principal=self.principal,
            message=message,
            revision=self.revision,
            client=self.client,
            session=self.session,
            capabilities=self.capabilities,
            log_level=self.log_level,
            response_headers=self.response_headers,
            batched=True,
        )
        if earlier:
            exchange.id, exchange.memory = earlier.id, earlier.memory
        self._batch[place] = exchange
        return exchange

    # What tools say to the client while they run

    def progress(
        self, done: float, total: float | None = None, message: str | None = None
    ) -> None:
        """Tell the client how far the tool is (utilities, "Progress").

        Costs nothing where nobody listens. Also the moment at which a cancelled call
        ends: call it in every loop that may take long.

        :param done: grows with each call; one that does not is not sent
        :param total: what *done* will be in the end, where it is known
        :raise Cancelled: the client does not want the answer any more
        """
        if self.stream is None:
            return
        self.stream.check()
        token = self._meta.get("progressToken")
        if token is None or (self._progressed is not None and done <= self._progressed):
            return
        self._progressed = done
        params: dict[str, Any] = {"progressToken": token, "progress": done}
        if total is not None:
            params["total"] = total
        if message is not None and self.revision.has_progress_message:
            params["message"] = message
        self.stream.notify("notifications/progress", params)

    def log(self, level: str, data: Any, logger: str = "odoo") -> None:
        """Send the client a log message, if it wants that level ("Logging").

        :param level: one of :data:`LEVELS`
        :param data: any JSON value; it leaves the server, so no secrets
        """
        if level not in LEVELS:
            raise ValueError(f"unknown log level {level!r}")
        if self.stream is None or not passes(level, self.log_level):
            return
        self.stream.notify(
            "notifications/message", {"level": level, "logger": logger, "data": data}
        )

    # What tools ask the client

    def can_ask(self, *capabilities: str) -> bool:
        """Return whether the client can be asked what needs these capabilities."""
        return self.asker is not None and all(
            capability in self.capabilities for capability in capabilities
        )

    def ask(self, requests: Mapping[str, InputRequest]) -> Mapping[str, Any]:
        """Ask the client and return its answers by the keys of *requests*.

        In the legacy era this waits on the open stream. In the modern one the tool is
        left, its changes undone, and run again from its beginning once the client has
        answered: ask before you change anything, with keys that stay the same.

        :param requests: up to ten, by a key that names each within the tool
        :return: the results as the client sent them; check them like arguments
        :raise MissingClientCapability: the client did not declare that it can
        :raise ToolError: no answer came in time
        """
        needed = {request.capability: {} for request in requests.values()}
        if not self.can_ask(*needed):
            missing = {
                name: value
                for name, value in needed.items()
                if self.asker is None or name not in self.capabilities
            }
            raise MissingClientCapability(missing)
        return self.asker.ask(requests)

    def elicit(
        self, message: str, schema: Mapping[str, Any], key: str = "elicitation"
    ) -> Mapping[str, Any]:
        """Ask the person at the client to fill in a form ("Elicitation").

        :param schema: a flat object schema of strings, numbers, booleans and enums
        :return: ``{"action": "accept" | "decline" | "cancel", "content": {…}}``
        :raise MissingClientCapability: as :meth:`ask`
        """
        return self.ask({key: InputRequest.elicitation(message, schema)})[key]

    def sample(
        self,
        messages: list[Mapping[str, Any]],
        max_tokens: int,
        key: str = "sampling",
        **options: Any,
    ) -> Mapping[str, Any]:
        """Ask the client's model to continue a conversation ("Sampling").

        :param messages: ``{"role", "content"}`` each
        :param options: further members of ``CreateMessageRequestParams``
        :return: the ``CreateMessageResult``
        :raise MissingClientCapability: as :meth:`ask`
        """
        return self.ask({key: InputRequest.sampling(messages, max_tokens, **options)})[
            key
        ]

    @property
    def _meta(self) -> Mapping[str, Any]:
        if isinstance(self.message, Request):
            return self.message.params.get("_meta", {})
        return {}
