"""Holding what a tool runs inside of its savepoint.

A savepoint gives back the database, but not the queues of functions beside it: a mail
that was to be sent after the commit would be sent although it was never written. It
does not give back Odoo's caches either: rights that were granted and undone would stay
in them. And code that commits on its own would end the savepoint, with everything that
should have been undone.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from copy import copy

from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.sql_db import BaseCursor

_inside: ContextVar[bool] = ContextVar("mcp_inside", default=False)


class OwnRollback(UserError):
    """What a tool ran wanted to undo the whole transaction."""


def inside() -> bool:
    """Return whether what runs now was started by a client's call of a tool."""
    return _inside.get()


@contextmanager
def contained(cr: BaseCursor) -> Iterator[None]:
    """Keep what runs inside within the transaction, and its queues undone on errors.

    A commit inside only flushes: the transaction is committed when the call is done.

    :raise OwnRollback: where the code inside rolls back
    """
    # What was queued before belongs to what came before, such as an earlier message of
    # a batch. The savepoint inside would run it, and an error would queue it again.
    cr.flush()
    queues = (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback)
    before = [
        (deque(queue._funcs), {key: copy(value) for key, value in queue.data.items()})
        for queue in queues
    ]
    registry = Registry(cr.dbname)
    pending = bool(registry.cache_invalidated or registry.registry_invalidated)
    token = _inside.set(True)
    outermost = "commit" not in vars(cr)
    if outermost:
        cr.commit, cr.rollback = cr.flush, _refuse_rollback
    try:
        yield
    except BaseException:
        for queue, (functions, data) in zip(queues, before, strict=True):
            queue._funcs = functions
            queue.data.clear()
            queue.data.update(data)
        _forget(registry, pending)
        raise
    finally:
        _inside.reset(token)
        if outermost:
            del cr.commit, cr.rollback


def _forget(registry: Registry, pending: bool) -> None:
    """Empty the caches that were filled from what has been undone.

    :param pending: whether others are still to be told of changes made before
    """
    if pending:
        registry.clear_cache(*registry.cache_invalidated)
    else:
        registry.reset_changes()


def _refuse_rollback() -> None:
    raise OwnRollback(
        "This can't be run here: it undoes its whole transaction on its way."
    )
