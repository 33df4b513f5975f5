"""What is known about one request, from its first byte to its answer.

An :class:`Exchange` is made once per HTTP request, outside of the transaction, and so
survives Odoo's retries. It is handed through every layer; the transport fills it, and
models read it. It holds no environment, no cursor and no secret.
"""

import os
import time
import uuid
from dataclasses import dataclass, field

from .protocol.jsonrpc import Message
from .protocol.revision import Revision


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
    """

    user_id: int
    auth_method: str
    credential: str


@dataclass(frozen=True, slots=True)
class ClientInfo:
    """What the client says about itself: for display only, never for decisions."""

    name: str
    version: str


@dataclass(slots=True)
class Exchange:
    """One HTTP request to the endpoint.

    :param address: the client's address as Odoo sees it (see ``proxy_mode``)
    :param user_agent: as sent, untrusted
    :param origin: the ``Origin`` header, ``None`` without one
    :param id: the request id that logs and events are keyed by
    :param started: ``time.monotonic()`` at arrival, in seconds
    :param principal: set once authenticated
    :param message: set once parsed
    :param revision: set once negotiated
    :param client: set where the message carries it
    """

    address: str
    user_agent: str
    origin: str | None
    id: uuid.UUID = field(default_factory=new_request_id)
    started: float = field(default_factory=time.monotonic)
    principal: Principal | None = None
    message: Message | None = None
    revision: Revision | None = None
    client: ClientInfo | None = None

    @property
    def duration(self) -> float:
        """Seconds since arrival."""
        return time.monotonic() - self.started
