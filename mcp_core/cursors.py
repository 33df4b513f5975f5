"""Short transactions beside that of the request."""

from collections.abc import Iterator
from contextlib import contextmanager

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

    As :func:`read_committed`, without the two more messages to PostgreSQL that begin
    and end a transaction.
    """
    with registry.cursor() as cr:
        if isinstance(cr, Cursor):
            # Odoo's pool resets a connection before it lends it again, this included
            cr.connection.set_session(autocommit=True)
        yield cr


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
