"""Retention: until when each group of events is kept, and what is due.

What may go is decided by sql/retention.sql, in the statement itself that deletes it.
All groups are deleted in one sweep by id. The end of a group is the end of the last
seal that was made before its cut-off: a seal keeps all events of a group or none, and
where the days of the groups are the same it goes as a whole.
"""

from datetime import datetime, time, timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

#: Groups of events, as mcp_audit_group says in sql/retention.sql.
GROUPS = ("requests", "security", "changes")
PAYLOADS = "payloads"


class McpAuditRetention(models.AbstractModel):
    _name = "mcp.audit.retention"
    _description = "MCP Audit Retention"

    @api.model
    def _cutoffs(self):
        """Return {group: time as text}: what is older is due.

        At midnight UTC, so that a day goes as a whole. What was asked and answered is
        not kept for longer than the requests, of which it would be all that is left.
        """
        today = datetime.combine(fields.Date.today(), time.min)
        server = self.env["mcp.server"]
        cutoffs = {
            name: today - timedelta(days=server._setting(f"retention_days_{name}"))
            for name in (*GROUPS, PAYLOADS)
        }
        cutoffs[PAYLOADS] = max(cutoffs[PAYLOADS], cutoffs["requests"])
        return {
            name: fields.Datetime.to_string(self._floored(name, before))
            for name, before in cutoffs.items()
        }

    @api.model
    def _floored(self, group, before):
        """Return how much of that age the store lets go."""
        subject = PAYLOADS if group == PAYLOADS else "events"
        self.env.cr.execute(
            "SELECT date_trunc('second', mcp_audit_floored(%s, %s))", [subject, before]
        )
        return self.env.cr.fetchone()[0]

    @api.model
    def _bounded(self, cutoffs):
        """Return earlier cut-offs, none of them later than the settings have them now.

        Whoever asks for more days stops even what runs already.

        :raise UserError: they are no moments, as from somebody who did not see them
        """
        now = self._cutoffs()
        try:
            asked = {
                name: fields.Datetime.to_string(
                    fields.Datetime.to_datetime(cutoffs[name])
                )
                for name in now
                if name in cutoffs
            }
            return {name: min(before, now[name]) for name, before in asked.items()}
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("Open the preview again: what it shows makes no sense.")
            ) from error

    # ------------------------------------------------------------
    # Looking ahead
    # ------------------------------------------------------------

    @api.model
    def _preview(self, cutoffs):
        """Return what would be deleted at this moment, a dict for each group.

        Keys: group, before, count, oldest, newest, held and holds, {id: count}. Counts
        and times only, hence for whoever may ask for it.
        """
        lines = {
            name: {
                "group": name,
                "before": cutoffs[name],
                "count": 0,
                "oldest": False,
                "newest": False,
                "held": 0,
                "holds": {},
            }
            for name in (*GROUPS, PAYLOADS)
            if name in cutoffs
        }
        due = [self._due(0, self._until(self.env.cr, cutoffs), cutoffs)]
        if PAYLOADS in cutoffs:
            due.append(self._payloads_due(cutoffs))
        # by SQL: what is due is a function of the store
        self.env.cr.execute(
            SQL(
                """
                SELECT subject, holds, count(*), min("time"), max("time")
                  FROM (%s) AS due GROUP BY subject, holds
                """,
                SQL(" UNION ALL ").join(due),
            )
        )
        for name, holds, count, oldest, newest in self.env.cr.fetchall():
            line = lines[name]
            if holds is None:
                line |= {"count": count, "oldest": oldest, "newest": newest}
                continue
            line["held"] += count
            for hold in holds:
                line["holds"][hold] = line["holds"].get(hold, 0) + count
        return list(lines.values())

    @api.model
    def _due(self, first, last, cutoffs):
        return SQL(
            """SELECT subject, holds, "time" FROM mcp_audit_due(%s, %s, %s::jsonb)""",
            first,
            last,
            self._json(cutoffs),
        )

    @api.model
    def _payloads_due(self, cutoffs):
        return SQL(
            """
            SELECT %(name)s, holds, "time"
              FROM mcp_audit_payloads_due(
                   0, mcp_audit_payloads_until(%(before)s::timestamp),
                   %(before)s::timestamp)
            """,
            name=PAYLOADS,
            before=cutoffs[PAYLOADS],
        )

    @api.model
    def _json(self, cutoffs):
        """Return the cut-offs of events as the functions of the store take them."""
        return fields.Json().convert_to_column(
            {name: cutoffs[name] for name in GROUPS if name in cutoffs}, None
        )

    @api.model
    def _until(self, cr, cutoffs):
        """Return the last id that may be due."""
        last = 0
        for name in GROUPS:
            if name in cutoffs:
                cr.execute(
                    "SELECT mcp_audit_sealed(mcp_audit_floored('events', %s))",
                    [cutoffs[name]],
                )
                last = max(last, cr.fetchone()[0])
        # what is in no figure yet would be missing there for ever
        cr.execute("SELECT last_id FROM mcp_audit_checkpoint WHERE name = 'rollup'")
        return min(last, *cr.fetchone())

    # ------------------------------------------------------------
    # Deleting
    # ------------------------------------------------------------

    @api.model
    def _delete(self, cr, first_id, last_id, cutoffs):
        """Hook: delete what is due of a range of events.

        An override keeps what it needs of them. The range begins after the end of the
        one before, and ends with a seal unless that is longer.

        :return: (group, deleted, held, first id, last id) of what was due
        """
        cr.execute(
            "SELECT * FROM mcp_audit_purge(%s, %s, %s::jsonb)",
            [first_id, last_id, self._json(cutoffs)],
        )
        return cr.fetchall()

    @api.model
    def _steady(self, cr):
        """Begin to delete: what is held stays the same until this is committed.

        :raise psycopg2.errors.LockNotAvailable: holds are being placed for long
        """
        cr.execute("SET LOCAL lock_timeout = '5s'")
        cr.execute(SQL("SELECT mcp_audit_steady()"), log_exceptions=False)

    @api.model
    def _purge_events(self, cr, after, until, rows, cutoffs):
        """Delete what is due of the next events.

        :param cr: READ COMMITTED, and :meth:`_steady`
        :param after: the id up to which nothing is to do any more
        :param until: as of :meth:`_until`
        :return: the id up to which nothing is to do then, ``None`` at the end, and
            (group, deleted, held, first id, last id) of what was due
        """
        cr.execute(
            "SELECT first, last FROM mcp_audit_stretch(%s, %s, %s)",
            [after, until, rows],
        )
        [(first, last)] = cr.fetchall()
        if first is None:
            return None, []
        return last, self._delete(cr, first, last, cutoffs)

    @api.model
    def _purge_payloads(self, cr, after, rows, cutoffs):
        """As :meth:`_purge_events`, of what was asked and answered."""
        before = cutoffs[PAYLOADS]
        cr.execute(
            """
            SELECT min(id), max(id) FROM (
                SELECT id FROM mcp_audit_payload
                 WHERE id > %s ORDER BY id LIMIT %s) AS ahead
             WHERE id <= mcp_audit_payloads_until(mcp_audit_floored('payloads', %s))
            """,
            [after, rows, before],
        )
        [(first, last)] = cr.fetchall()
        if first is None:
            return None, []
        cr.execute(
            "SELECT * FROM mcp_audit_purge_payloads(%s, %s, %s::timestamp)",
            [first, last, before],
        )
        due = cr.fetchall()
        for name, deleted, _held, _first, _last in due:
            if deleted:
                told = {"group": name, "before": before, "deleted": deleted}
                told |= {"first_id": first, "last_id": last}
                self.env["mcp.audit.event"]._record(
                    "purge.deleted", self.env["mcp.audit.seal"]._vouched(told)
                )
        return last, due
