"""Who looks at the trail leaves a trace there: once for one look, and not at each page.

Plain Python.
"""

import time
from collections import OrderedDict
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock

#: Seconds for which the same look of the same user is one.
SAME_LOOK = 60
#: How many looks are remembered; who forgets one records it once more.
_REMEMBERED = 10_000

_looking: ContextVar[bool] = ContextVar("mcp_audit_looking", default=False)


@contextmanager
def look() -> Iterator[bool]:
    """Whatever is read within is one look.

    Yields whether this is the look itself, and not a part of one.
    """
    outermost = not _looking.get()
    token = _looking.set(True)
    try:
        yield outermost
    finally:
        _looking.reset(token)


class Looks:
    """The looks of the last minute, in this process: workers do not share them."""

    def __init__(self):
        self._recent: OrderedDict[Hashable, float] = OrderedDict()
        self._lock = Lock()

    def is_new(self, look: Hashable) -> bool:
        """Return whether nobody has said :meth:`recorded` of it within the minute."""
        with self._lock:
            since = self._recent.get(look)
        return since is None or time.monotonic() - since > SAME_LOOK

    def recorded(self, look: Hashable) -> None:
        """Remember that a look has left its trace."""
        with self._lock:
            self._recent[look] = time.monotonic()
            self._recent.move_to_end(look)
            while len(self._recent) > _REMEMBERED:
                self._recent.popitem(last=False)
