"""What Odoo has put off until the end of the transaction, undone with what it is about.

A savepoint gives back the database, but not the queues of functions beside it: a mail
that was to be sent after the commit would be sent although it was never written.
"""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy

from odoo.sql_db import BaseCursor


@contextmanager
def callbacks_undone(cr: BaseCursor) -> Iterator[None]:
    """Give the queues of *cr* back as they were when an exception passes."""
    queues = (cr.precommit, cr.postcommit, cr.prerollback, cr.postrollback)
    before = [
        (
            deque(queue._funcs),
            {key: copy(value) for key, value in queue.data.items()},
        )
        for queue in queues
    ]
    try:
        yield
    except BaseException:
        for queue, (functions, data) in zip(queues, before, strict=True):
            queue._funcs = functions
            queue.data.clear()
            queue.data.update(data)
        raise
