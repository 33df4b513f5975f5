"""Savepoints in which PostgreSQL itself holds what runs to what it may do."""

import uuid
from collections.abc import Mapping

from odoo.sql_db import BaseCursor, _FlushingSavepoint
from odoo.tools import SQL


class LimitedSavepoint(_FlushingSavepoint):
    """A savepoint of Odoo's, and settings of the transaction, in one round trip.

    :param settings: of PostgreSQL, by name. They are for the rest of the transaction,
        unless the savepoint is rolled back; ``transaction_read_only`` ends with it
    """

    def __init__(self, cr: BaseCursor, settings: Mapping[str, str]):
        # as Odoo has it, with one statement more
        cr.flush()
        self.name, self._cr, self.closed = str(uuid.uuid1()), cr, False
        cr.execute(
            SQL(
                "SAVEPOINT %s; SELECT %s",
                SQL.identifier(self.name),
                SQL(", ").join(
                    SQL("set_config(%s, %s, true)", name, value)
                    for name, value in settings.items()
                ),
            )
        )
