"""What is noted of one message on its way, until it can be appended to the trail."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

from odoo.addons.mcp_core.exchange import Exchange, Principal

_MEMORY = "mcp_audit.journal"
#: How many ids of records are kept of one call.
IDS_MAX = 100

_current: ContextVar["Journal | None"] = ContextVar("mcp_audit_journal", default=None)


@dataclass(slots=True)
class Journal:
    """The notes on one exchange; they survive the retries of its transaction.

    :param begun: a beginning has been appended
    :param denied: who proved who they are, and was turned away
    :param happenings: (kind, facts) of what was emitted
    :param changed: (model, operation, some ids, how many) of what a tool changed
    :param tried: what a tool changed was tried out only, and undone
    :param error: name of the exception that a tool failed with, empty without one
    """

    begun: bool = False
    denied: Principal | None = None
    happenings: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    changed: list[tuple[str, str, list[int], int]] = field(default_factory=list)
    tried: bool = False
    error: str = ""
    _before_run: int | None = None

    @classmethod
    def of(cls, exchange: Exchange) -> "Journal":
        """Return the journal of an exchange, the same for each try."""
        return exchange.memory.setdefault(_MEMORY, cls())

    def note(self, kind: str, facts: dict[str, Any]) -> None:
        """Note what happened. A retry of the transaction says the same again."""
        self.denied = facts.pop("principal", self.denied)
        if (kind, facts) not in self.happenings:
            self.happenings.append((kind, facts))

    @contextmanager
    def running(self) -> Iterator[None]:
        """Forget what an earlier try of the run noted, and be the current one."""
        if self._before_run is None:
            self._before_run = len(self.happenings)
        del self.happenings[self._before_run :]
        self.changed.clear()
        self.tried = False
        self.error = ""
        token = _current.set(self)
        try:
            yield
        finally:
            _current.reset(token)


def current() -> Journal | None:
    """Return the journal of the message that is processed, ``None`` outside of one."""
    return _current.get()


def named_ids(value: Any) -> list[int] | None:
    """Return the ids of records that a client has named, ``None`` for anything else.

    What is no number may be a secret, whatever it is called.

    :param value: JSON of the client
    """
    if isinstance(value, list) and all(type(id_) is int for id_ in value):
        return value
    return None
