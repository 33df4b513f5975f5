"""Folding events into rollups, set by set and in their order.

By SQL: millions of rows are read, and none of them is needed in Python. A rollup is a
function of the events alone: whatever the batches, the rows are the same.
"""

from odoo.sql_db import BaseCursor
from odoo.tools import SQL

from . import event as events
from . import histogram

#: Events of one transaction.
BATCH = 50_000
#: What a request may end as, other than well: something went wrong.
ERRORS = (events.ERROR, events.INVALID, events.FAILED, events.INTERRUPTED)
#: What a row is about, after its day. Of who did not prove who they are, only that
#: they were refused: they choose all the rest, and could fill the table with it.
DIMENSIONS = (
    "user_id",
    "login",
    "method",
    "tool",
    "model",
    "client_name",
    "outcome",
)
#: What is added up.
SUMS = (
    "calls",
    "errors",
    "denials",
    "request_bytes",
    "response_bytes",
    "timed",
    "duration",
)
_MEASURES = (*SUMS, "histogram")


def _names(names):
    return SQL(", ").join(SQL.identifier(name) for name in names)


_COUNTS = SQL(", ").join(
    SQL("count(*) FILTER (WHERE bucket = %s)", index) for index in range(histogram.SIZE)
)


def folded(those: SQL, moment: SQL) -> SQL:
    """Return the query of what some events come to.

    :param those: condition on ``mcp_audit_event``
    :param moment: expression of ``time``, for the column ``day``
    """
    return SQL(
        """
        SELECT %(moment)s AS day, %(dimensions)s,
               count(*) AS calls,
               count(*) FILTER (WHERE outcome = ANY(%(errors)s)) AS errors,
               count(*) FILTER (WHERE outcome = %(refused)s) AS denials,
               COALESCE(sum(request_bytes), 0) AS request_bytes,
               COALESCE(sum(response_bytes), 0) AS response_bytes,
               count(duration) AS timed,
               COALESCE(sum(round(duration::numeric, 3)), 0.000) AS duration,
               COALESCE((ARRAY[%(counts)s]::integer[])[:max(bucket) + 1], '{}')
                   AS histogram
          FROM (
            SELECT time, user_id, outcome, request_bytes, response_bytes, duration,
                   CASE WHEN user_id IS NOT NULL THEN left(login, 128) END AS login,
                   CASE WHEN user_id IS NOT NULL THEN left(method, 64) END AS method,
                   CASE WHEN user_id IS NOT NULL THEN tool END AS tool,
                   CASE WHEN user_id IS NOT NULL THEN model END AS model,
                   CASE WHEN user_id IS NOT NULL THEN client_name END AS client_name,
                   width_bucket(duration, %(bounds)s::double precision[]) AS bucket
              FROM mcp_audit_event
             WHERE kind = %(finished)s AND %(those)s
          ) AS request
         GROUP BY 1, %(dimensions)s
        """,
        moment=moment,
        dimensions=_names(DIMENSIONS),
        errors=list(ERRORS),
        refused=events.REFUSED,
        counts=_COUNTS,
        bounds=list(histogram.BOUNDS),
        finished=events.FINISHED,
        those=those,
    )


def _insert(those: SQL) -> SQL:
    """Return the statement that adds some events to the rollups."""
    return SQL(
        """
        INSERT INTO mcp_audit_rollup AS rollup (day, %(dimensions)s, %(measures)s)
        %(folded)s
        ON CONFLICT (
            day, COALESCE(user_id, 0), COALESCE(login, ''), COALESCE(method, ''),
            COALESCE(tool, ''), COALESCE(model, ''), COALESCE(client_name, ''),
            COALESCE(outcome, '')
        ) DO UPDATE SET %(sums)s, histogram = ARRAY(
            SELECT COALESCE(old, 0) + COALESCE(new, 0)
              FROM unnest(rollup.histogram, excluded.histogram)
                   WITH ORDINALITY AS counted (old, new, place)
             ORDER BY place
        )
        """,
        dimensions=_names(DIMENSIONS),
        measures=_names(_MEASURES),
        folded=folded(those, SQL("time::date")),
        sums=SQL(", ").join(
            SQL(
                "%s = %s + %s",
                SQL.identifier(name),
                SQL.identifier("rollup", name),
                SQL.identifier("excluded", name),
            )
            for name in SUMS
        ),
    )


def _checkpoint(cr):
    """Return the last event that was folded, and keep others from folding."""
    cr.execute(
        "SELECT last_id FROM mcp_audit_checkpoint WHERE name = 'rollup' FOR UPDATE"
    )
    [(last,)] = cr.fetchall()
    return last


def fold(cr: BaseCursor, until: int, size: int = BATCH) -> int:
    """Fold the next events, and note how far it has come in the same transaction.

    :param cr: READ COMMITTED: who had to wait for another one goes on from there
    :param until: the id up to which no event is still to come
    :param size: events to read at most
    :return: how many ids it has gone on, 0 where there was nothing left
    """
    after = _checkpoint(cr)
    cr.execute(
        SQL(
            """
            SELECT max(id) FROM (
                SELECT id FROM mcp_audit_event
                 WHERE id > %s AND id <= %s ORDER BY id LIMIT %s
            ) AS batch
            """,
            after,
            until,
            size,
        )
    )
    [(last,)] = cr.fetchall()
    if last is None:
        return 0
    cr.execute(_insert(SQL("id > %s AND id <= %s", after, last)))
    cr.execute(
        SQL("UPDATE mcp_audit_checkpoint SET last_id = %s WHERE name = 'rollup'", last)
    )
    return last - after


def rebuild(cr: BaseCursor) -> int:
    """Fold all events again that are folded already, as if for the first time.

    Days that retention took something of stay as they are: what is left of their
    events does not tell what they came to.

    :param cr: READ COMMITTED
    :return: how many rows there are of the days that were folded again
    """
    last = _checkpoint(cr)
    # whoever deletes events writes this row: it is done before, or waits
    cr.execute("SELECT purged + 1 FROM mcp_audit_rollup_state FOR UPDATE")
    [(since,)] = cr.fetchall()
    since = since or "-infinity"
    cr.execute(SQL("DELETE FROM mcp_audit_rollup WHERE day >= %s", since))
    cr.execute(_insert(SQL("time >= %s AND id <= %s", since, last)))
    return cr.rowcount


def completed(cr: BaseCursor, moment) -> None:
    """Note that all is folded that was recorded before a moment."""
    cr.execute(
        SQL(
            "UPDATE mcp_audit_rollup_state SET complete = GREATEST(complete, %s)",
            moment,
        )
    )
