"""Short transactions beside that of the request."""

import atexit
import select
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from psycopg2.extensions import ISOLATION_LEVEL_READ_COMMITTED

from odoo.api import Environment
from odoo.modules.registry import Registry
from odoo.sql_db import BaseCursor, Cursor


@contextmanager
def read_committed(registry: Registry) -> Iterator[BaseCursor]:
    """A cursor for bookkeeping, committed at the end of the block.

    Counters and timestamps that many requests write at once must not be written in
    Odoo's REPEATABLE READ: there they fail to serialise, and the whole request sleeps
    and runs again.
    """
    with registry.cursor() as cr:
        if isinstance(cr, Cursor):  # not the one of Odoo's tests, which is nested
            cr.connection.set_isolation_level(ISOLATION_LEVEL_READ_COMMITTED)
        yield cr


@contextmanager
def autocommit(registry: Registry) -> Iterator[BaseCursor]:
    """A cursor for bookkeeping in one statement, which is a transaction by itself.

    As :func:`read_committed`, without the messages to PostgreSQL that begin and end a
    transaction, and most times without those that make a connection ready for somebody
    else: a few are kept for the next block. No block may change the settings of its
    connection.
    """
    cr = _kept(registry.db_name) or registry.cursor()
    if not isinstance(cr, Cursor):
        with cr:
            yield cr
        return
    try:
        if not cr.connection.autocommit:
            # Odoo's pool resets a connection before it lends it again, this included
            cr.connection.set_session(autocommit=True)
        yield cr
    except BaseException:
        cr.close()
        raise
    _keep(registry.db_name, cr)


#: Cursors of :func:`autocommit` that wait for the next block: (database, when it was
#: used, cursor).
_waiting: deque[tuple[str, float, Cursor]] = deque()
#: So many at most in a process: Odoo's pool has them as lent.
_WAITING_MAX = 4
#: As long as Odoo's pool keeps a connection that nobody uses, in seconds.
_WAITING_SECONDS = 600


def _kept(db_name):
    """Return a cursor of that database that waits, ``None`` for none."""
    for _turn in range(len(_waiting)):
        with suppress(IndexError):
            name, used, cr = _waiting.popleft()
            if time.monotonic() - used > _WAITING_SECONDS or not _is_sound(cr):
                cr.close()
            elif name == db_name:
                return cr
            else:
                _waiting.append((name, used, cr))
    return None


def _keep(db_name, cr):
    if len(_waiting) < _WAITING_MAX:
        _waiting.append((db_name, time.monotonic(), cr))
    else:
        cr.close()


def _is_sound(cr):
    """Return whether PostgreSQL has not ended the connection: else it says nothing."""
    if cr.closed or cr.connection.closed:
        return False
    poll = select.poll()
    poll.register(cr.connection.fileno(), select.POLLIN)
    return not poll.poll(0)


@atexit.register
def _close_waiting():
    while _waiting:
        _waiting.popleft()[-1].close()


@contextmanager
def primary(env: Environment) -> Iterator[Environment]:
    """The environment where what was written is seen at once.

    The same one, unless it is on a read replica, which may be behind.
    """
    if not env.cr.readonly:
        yield env
        return
    with env.registry.cursor() as cr:
        yield env(cr=cr)
