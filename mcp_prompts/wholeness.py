"""While a whole prompt is written its parts do not fit yet.

Plain Python. Not the context of the ORM: whoever calls may put into that what they
like, and what is not checked as it is saved would be run.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_inside: ContextVar[bool] = ContextVar("mcp_prompts_part_by_part", default=False)


@contextmanager
def part_by_part() -> Iterator[None]:
    """Whoever writes within checks the whole afterwards."""
    token = _inside.set(True)
    try:
        yield
    finally:
        _inside.reset(token)


def is_part_by_part() -> bool:
    return _inside.get()
