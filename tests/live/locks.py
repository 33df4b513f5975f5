"""Waiting until a server waits for what a test holds locked."""

import time


def waiter(connection):
    """Return the process id of a connection that waits for a lock, once one does.

    :param connection: to the same database, which commits each statement
    """
    deadline = time.monotonic() + 4
    with connection.cursor() as cursor:
        while time.monotonic() < deadline:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
                " AND datname = current_database()"
            )
            if found := cursor.fetchone():
                return found[0]
            time.sleep(0.05)
    raise AssertionError("nobody waits for the lock")
