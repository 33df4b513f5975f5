"""Appending to the trail: one statement, by a function of the database.

Not by the ORM: it would cost more than the whole rest, and an event has to be written
where there is no environment that works any more.
"""

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import orjson
import psycopg2
from psycopg2.errors import LockNotAvailable

from odoo.api import Environment
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.sql_db import BaseCursor
from odoo.tools import SQL, file_open

from odoo.addons.mcp_core.cursors import autocommit, read_committed

from .event import BEGUN, COLUMNS, FINISHED, INTERRUPTED, Event

#: Two numbers of an advisory lock, as in sql/store.sql. Whoever appends holds it,
#: shared, until its transaction has ended: who gets it alone knows that no lower id is
#: still to come. The first number is this addon's; with it, 2 stands for holds
#: (sql/holds.sql) and 3 for seals (``mcp_audit_seal.py``).
LOCK = (7165, 1)
#: The index that says that a request begins once and ends once.
_ONCE = "mcp_audit_event_request"
#: What the end of a call repeats of its beginning.
_OF_THE_CALL = COLUMNS[COLUMNS.index("request_id") : COLUMNS.index("outcome")]
_PAYLOAD = ("side", "salt", "body", "size", "truncated", "full_digest")


def install(env: Environment, name: str) -> None:
    """Run the statements of sql/<name>.sql, unless they were run already.

    :raise UserError: the tables are not Odoo's any more (level 2)
    """
    cr = env.cr
    with file_open(f"mcp_audit/sql/{name}.sql") as file:
        statements = file.read()
    digest = hashlib.sha256(statements.encode()).hexdigest()
    cr.execute(
        """
        CREATE TABLE IF NOT EXISTS mcp_audit_schema (
            name varchar PRIMARY KEY, digest varchar NOT NULL)
        """
    )
    cr.execute("SELECT digest FROM mcp_audit_schema WHERE name = %s", [name])
    if cr.fetchall() == [(digest,)]:
        return
    cr.execute(
        """
        SELECT FROM pg_class
         WHERE relname = 'mcp_audit_event' AND relkind = 'r'
           AND relnamespace = 'public'::regnamespace
           AND NOT pg_has_role(current_user, relowner, 'MEMBER')
        """
    )
    if cr.rowcount:
        raise UserError(
            env._(
                "The tables of the audit trail belong to another role (level 2). Run "
                "mcp_audit/sql/level1.sql, update the addon, and run level2.sql again."
            )
        )
    cr.execute(statements)
    cr.execute(
        "INSERT INTO mcp_audit_schema VALUES (%s, %s)"
        " ON CONFLICT (name) DO UPDATE SET digest = excluded.digest",
        [name, digest],
    )


def append(cr: BaseCursor, events: Iterable[Event]) -> None:
    """Append events, in their order and in one round trip.

    A second beginning or end of a request is refused by the database: who writes an end
    in the transaction of the work itself must not commit when another one is there.

    :raise psycopg2.Error: it can't be written; :func:`is_second` tells whether the
        request has begun or ended already
    """
    rows = [{**event.facts, "kind": event.kind} for event in events]
    payloads = [
        {
            "request_id": event.facts["request_id"],
            **{name: getattr(payload, name) for name in _PAYLOAD},
        }
        for event in events
        for payload in event.payloads
    ]
    cr.execute(
        "SELECT mcp_audit_append(%s, %s)",
        [orjson.dumps(rows).decode(), orjson.dumps(payloads).decode()],
        log_exceptions=False,
    )


def is_second(error: psycopg2.Error) -> bool:
    """Return whether :func:`append` failed as the request has begun or ended already.

    Not so where the store is damaged, such as by ids that come again.
    """
    return error.diag.constraint_name == _ONCE


def append_if_there(cr: BaseCursor, events: Iterable[Event]) -> None:
    """Append events, unless the transaction is the one that uninstalls the trail."""
    cr.execute("SELECT to_regclass('mcp_audit_event') IS NOT NULL")
    if cr.fetchone()[0]:
        append(cr, events)


def settled(cr: BaseCursor) -> int | None:
    """Return the id up to which no event is still to come, 0 for an empty store.

    What reads on from where it stopped (seals, projections) must not pass an event of
    a transaction that has its id already and is not committed yet.

    :param cr: READ COMMITTED, and ended right afterwards: the lock keeps writers out
    :return: ``None`` where a writer held the lock for too long: try again later
    """
    cr.execute("SET LOCAL lock_timeout = '250ms'")
    try:
        with cr.savepoint(flush=False):
            cr.execute(
                SQL("SELECT pg_advisory_xact_lock(%s, %s)", *LOCK), log_exceptions=False
            )
    except LockNotAvailable:
        return None
    # a statement of its own: its snapshot is younger than the lock
    cr.execute("SELECT COALESCE(max(id), 0) FROM mcp_audit_event")
    [(last,)] = cr.fetchall()
    return last


def settled_apart(registry: Registry) -> int | None:
    """Return what :func:`settled` does, in a transaction of its own."""
    with apart(registry, single=False) as cr:
        return settled(cr)


@contextmanager
def apart(registry: Registry, *, single: bool = True) -> Iterator[BaseCursor]:
    """A cursor whose work stays, whatever becomes of the transaction around.

    :param single: for one statement, which is a transaction by itself
    """
    with (autocommit if single else read_committed)(registry) as cr:
        yield cr


def recover(cr: BaseCursor, last: int, minutes: int) -> int:
    """Append an end to what began long ago and never ended.

    Where the end of one is being written at the very moment, this waits for whether it
    is committed: there is never a second one.

    :param cr: READ COMMITTED
    :param last: the id up to which no event is still to come
    :param minutes: for how long it must have begun
    :return: how many ends were appended
    """
    cr.execute(SQL("SELECT pg_advisory_xact_lock_shared(%s, %s)", *LOCK))
    cr.execute(
        SQL(
            """
            WITH old AS (
                SELECT * FROM mcp_audit_event
                 WHERE kind = %(begun)s AND id <= %(last)s
                   AND id > COALESCE((SELECT last_id FROM mcp_audit_checkpoint
                                       WHERE name = 'recovery'), 0)
                   AND time < (clock_timestamp() AT TIME ZONE 'UTC')
                              - make_interval(mins => %(minutes)s)
            ), ended AS (
                INSERT INTO mcp_audit_event (kind, outcome, details, %(columns)s)
                SELECT %(finished)s, %(outcome)s, '{"recovered": true}', %(columns)s
                  FROM old
                 WHERE NOT EXISTS (
                       SELECT FROM mcp_audit_event AS finished
                        WHERE finished.kind = %(finished)s
                          AND finished.request_id = old.request_id)
                 ORDER BY id
                -- not for an id that comes again: that is no end
                ON CONFLICT (
                    request_id, kind,
                    (CASE WHEN kind IN ('request.begun', 'request.finished')
                          THEN 0 ELSE id END)
                ) DO NOTHING
                RETURNING id
            ), noted AS (
                INSERT INTO mcp_audit_checkpoint (name, last_id)
                SELECT 'recovery', max(id) FROM old HAVING max(id) IS NOT NULL
                ON CONFLICT (name) DO UPDATE SET last_id = excluded.last_id
            )
            SELECT count(*) FROM ended
            """,
            begun=BEGUN,
            finished=FINISHED,
            outcome=INTERRUPTED,
            last=last,
            minutes=minutes,
            columns=SQL(", ").join(SQL.identifier(name) for name in _OF_THE_CALL),
        )
    )
    [(ended,)] = cr.fetchall()
    return ended
