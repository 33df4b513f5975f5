"""Seals: what one says of a range of events, and in which bytes."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from . import merkle

#: Events of a seal at most. Retention deletes whole seals, so they are not to be large.
EVENTS_MAX = 1000
#: What the first seal has in place of the digest of the one before.
GENESIS = "0" * 64
#: Never deleted: without them nobody could tell a purge from a loss.
KEPT_KINDS = frozenset({"purge.deleted", "audit.erased"})
_FORM = "mcp-audit-seal/1"
_PURGE_FORM = b"mcp-audit-purge/1 "
#: What counts of those events.
_SIGNED = frozenset(
    {
        "before",
        "deleted",
        "erased",
        "first_id",
        "group",
        "last_id",
        "purge",
        "rest",
        "seals",
    }
)


def group_of(kind: str) -> str:
    """Return which group of retention an event is of.

    As mcp_audit_group says in sql/retention.sql: each group of a seal has a root of its
    own, so that one group can go and the others can still be verified.
    """
    if kind in KEPT_KINDS:
        return "kept"
    subject = kind.partition(".")[0]
    if subject in ("request", "session"):
        return "requests"
    if subject in ("auth", "address", "rate", "access"):
        return "security"
    return "changes"


def purge_statement(told: Mapping[str, Any]) -> bytes:
    """Return what is signed of an event that tells of what was deleted or erased.

    Otherwise whoever can delete events could tell of a purge that never was.

    :param told: the details of the event
    """
    signed = {name: told[name] for name in sorted(_SIGNED & told.keys())}
    return _PURGE_FORM + orjson.dumps(signed, option=orjson.OPT_SORT_KEYS)


@dataclass(frozen=True, slots=True)
class Group:
    """The events of one group of retention in a seal.

    :param root: of the tree over their leaves in the order of their ids, hexadecimal
    """

    name: str
    count: int
    root: str

    @classmethod
    def of(cls, name: str, leaves: Iterable[bytes]) -> "Group":
        """Return the group that some leaves are, in the order of their ids."""
        leaves = list(leaves)
        return cls(name, len(leaves), merkle.root(leaves).hex())


@dataclass(frozen=True, slots=True)
class Seal:
    """A signed statement on all events of a range of ids.

    :param number: 1 for the first, and one more for each
    :param time: when it was made, UTC in ISO format with microseconds
    :param first: the id after the last one of the seal before
    :param last: the last id; no event up to it was still to come
    :param previous: the digest of the seal before, hexadecimal
    :param key_id: which key it is signed with
    :param signature: Ed25519 over :meth:`statement`, hexadecimal
    """

    number: int
    time: str
    first: int
    last: int
    groups: tuple[Group, ...]
    previous: str
    key_id: str
    signature: str = ""

    @property
    def count(self) -> int:
        """Return how many events it is about."""
        return sum(group.count for group in self.groups)

    def statement(self) -> bytes:
        """Return what is signed."""
        groups = [[group.name, group.count, group.root] for group in self.groups]
        return orjson.dumps(
            [
                _FORM,
                self.number,
                self.time,
                self.first,
                self.last,
                groups,
                self.previous,
                self.key_id,
            ]
        )

    @property
    def digest(self) -> str:
        """Return what the next seal names this one by, hexadecimal."""
        return hashlib.sha256(self.statement()).hexdigest()

    def as_row(self) -> dict[str, Any]:
        """Return it as the columns of the store, of JSON values."""
        return {
            "id": self.number,
            "time": self.time,
            "first_id": self.first,
            "last_id": self.last,
            "count": self.count,
            "groups": [[group.name, group.count, group.root] for group in self.groups],
            "previous": self.previous,
            "key_id": self.key_id,
            "signature": self.signature,
        }

    @classmethod
    def from_row(cls, row: Mapping[str, Any]) -> "Seal":
        """Return the seal that the columns of the store tell.

        :raise ValueError: they tell none, such as after somebody has changed them
        """
        time = row["time"]
        if isinstance(time, datetime):
            time = time.isoformat(timespec="microseconds")
        try:
            groups = tuple(
                Group(str(name), int(count), str(root))
                for name, count, root in row["groups"]
            )
        except TypeError as error:
            raise ValueError("The groups of a seal are a list of triples") from error
        return cls(
            row["id"],
            time,
            row["first_id"],
            row["last_id"],
            groups,
            row["previous"] or "",
            row["key_id"] or "",
            row["signature"] or "",
        )
