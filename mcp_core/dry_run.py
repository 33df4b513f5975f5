"""Trying something out: it really runs, nothing of it stays, and nothing leaves Odoo.

What is written is undone with its savepoint, and what was put off until the commit by
:mod:`.containment`. Mail is caught where Odoo hands it to a server. Whatever else
would reach out is stopped at the socket, by an audit hook: the one place that all
libraries pass (PEP 578). It stays for the life of the process, and does nothing outside
of a dry run.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from odoo.exceptions import UserError

_OUTBOUND = frozenset({"socket.connect", "socket.getaddrinfo", "socket.sendto"})


@dataclass(slots=True)
class DryRun:
    """What was held back, and what can't be undone.

    :ivar mails: how many were not sent
    :ivar sequences: names of the sequences that lost a number
    """

    mails: int = 0
    sequences: set[str] = field(default_factory=set)


class OutboundCall(UserError):
    """A dry run tried to reach another computer."""


_current: ContextVar[DryRun | None] = ContextVar("mcp_dry_run", default=None)


def current() -> DryRun | None:
    """Return the dry run that this thread is in, ``None`` outside of one."""
    return _current.get()


@contextmanager
def begun() -> Iterator[DryRun]:
    """Hold back what would leave Odoo; undoing the changes is the caller's."""
    dry_run = DryRun()
    token = _current.set(dry_run)
    try:
        yield dry_run
    finally:
        _current.reset(token)


def _stop_outbound_calls(event: str, _arguments: tuple) -> None:
    if event in _OUTBOUND and _current.get() is not None:
        raise OutboundCall(
            "This would call another computer, which a dry run does not do."
        )


sys.addaudithook(_stop_outbound_calls)
