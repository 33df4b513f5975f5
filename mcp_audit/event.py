"""Events: what is appended to the trail, and the form in which they are sealed.

Plain Python, so that an export can be verified where there is no Odoo.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import orjson

#: A call that may change something is about to run. Durable before it does.
BEGUN = "request.begun"
#: The request has ended, and this is its true outcome. Core calls it the same, and is
#: not there where an export is verified.
FINISHED = "request.finished"

#: What may become of a request, for people to filter by.
SUCCESS = "success"  # answered; what it changed is committed with this event
ERROR = "error"  # a tool answered that it could not, and changed nothing
REFUSED = "refused"  # who is calling is not accepted, or may not do that
INVALID = "invalid"  # the request itself makes no sense
FAILED = "failed"  # something broke on our side; nothing was changed
INTERRUPTED = "interrupted"  # the worker died, or the client left; nothing was changed
OUTCOMES = (SUCCESS, ERROR, REFUSED, INVALID, FAILED, INTERRUPTED)

#: The columns of an event in the order in which they are sealed. A new one is added at
#: the end: events that were sealed without it have nothing there.
COLUMNS = (
    "id",
    "time",
    "kind",
    "request_id",
    "user_id",
    "login",
    "credential",
    "auth_method",
    "address",
    "user_agent",
    "origin",
    "session_id",
    "client_name",
    "client_version",
    "revision",
    "method",
    "tool",
    "resource",
    "prompt",
    "model",
    "operation",
    "record_ids",
    "record_count",
    "outcome",
    "error_code",
    "http_status",
    "duration",
    "request_bytes",
    "response_bytes",
    "trace_id",
    "details",
    "request_digest",
    "response_digest",
)


@dataclass(frozen=True, slots=True)
class Payload:
    """What a call was asked, or what it answered.

    :param side: ``"request"`` or ``"response"``
    :param salt: random; without it nobody can guess the body from its digest
    :param body: redacted JSON text, which may be cut
    :param size: of the whole redacted text, in bytes
    :param full_digest: salted SHA-256 of the whole redacted text
    """

    side: str
    salt: str
    body: str
    size: int
    truncated: bool
    full_digest: str

    @property
    def digest(self) -> str:
        """Return what the event keeps of it: the digest of all that is kept here."""
        return salted_digest(self.salt, f"{self.full_digest}{self.body}")


def salted_digest(salt: str, text: str) -> str:
    """Return the SHA-256 of *text* under a salt, in hexadecimal."""
    return hashlib.sha256(f"{salt}:{text}".encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened.

    :param kind: dotted name, ``"request.finished"``
    :param facts: values by column of the store, all but ``id``, ``time`` and ``kind``
    """

    kind: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    payloads: Sequence[Payload] = ()


def canonical(row: Mapping[str, Any]) -> bytes:
    """Return the bytes that stand for a stored event, the same wherever it is read.

    :param row: values by column; the time as text in ISO format or as ``datetime``,
        UTC with microseconds
    """
    values = [row.get(name) for name in COLUMNS]
    while values and values[-1] is None:
        values.pop()
    time = values[1]
    if isinstance(time, datetime):
        values[1] = time.isoformat(timespec="microseconds")
    try:
        return orjson.dumps(values, option=orjson.OPT_SORT_KEYS)
    except TypeError:
        # PostgreSQL writes 1e300 as an integer, and orjson knows none of that size
        text = json.dumps(
            values, sort_keys=True, separators=(",", ":"), ensure_ascii=False
        )
        return text.encode()


def leaf(row: Mapping[str, Any]) -> bytes:
    """Return the leaf of a stored event in the tree of its seal, 32 bytes."""
    return hashlib.sha256(b"\x00" + canonical(row)).digest()
