"""Retention, as far as seals are concerned: what they need, and what tells of it."""

from collections import defaultdict

from psycopg2.extras import execute_values

from odoo import api, models


def _told(deleted, sealed):
    """Say how many events of a group were deleted from each seal, in few words.

    :param deleted: by number of the seal, of those where there were any
    :param sealed: by number, how many each had once
    :return: ``rest``, whether the seals that ``seals`` does not list lost ``"all"`` of
        the group or ``"none"``, and ``seals``, [[number, deleted]]
    """
    unlike_all = [
        [seal, deleted.get(seal, 0)]
        for seal, count in sealed.items()
        if deleted.get(seal, 0) != count
    ]
    unlike_none = [[seal, count] for seal, count in deleted.items() if count]
    if len(unlike_none) < len(unlike_all):
        return {"rest": "none", "seals": unlike_none}
    return {"rest": "all", "seals": unlike_all}


class McpAuditRetention(models.AbstractModel):
    _inherit = "mcp.audit.retention"

    @api.model
    def _delete(self, cr, first_id, last_id, cutoffs):
        """Delete, keep the leaves of what goes where others of its group and seal stay,
        and tell the trail how much goes of which seals.
        """
        cr.execute(
            "SELECT id, first_id, last_id, groups FROM mcp_audit_seal"
            " WHERE last_id >= %s AND first_id <= %s",
            [first_id, last_id],
        )
        rows = cr.fetchall()
        seals = {
            seal: {name: count for name, count, _root in groups}
            for seal, _first, _last, groups in rows
        }
        if all(first_id <= first and last <= last_id for _, first, last, _ in rows):
            due = self._delete_whole(cr, first_id, last_id, cutoffs, seals)
            if due is not None:
                return due
        touched, separated = self._touched(cr, first_id, last_id, cutoffs)
        self._keep_leaves(cr, separated)
        for group, counts in touched.items():
            if any(counts.values()):
                sealed = {seal: own.get(group, 0) for seal, own in seals.items()}
                self._tell(group, first_id, last_id, counts, sealed)
        return super()._delete(cr, first_id, last_id, cutoffs)

    @api.model
    def _delete_whole(self, cr, first_id, last_id, cutoffs, seals):
        """Delete, if all of each group goes or nothing: as it nearly always does.

        That is seen by how many have gone, without looking at them first.

        :param seals: by number how many events of each group it has sealed
        :return: as :meth:`_delete`, ``None`` where nothing was deleted
        """
        cr.execute("SAVEPOINT mcp_audit_delete_whole")
        due = super()._delete(cr, first_id, last_id, cutoffs)
        for group, deleted, _held, _first, _last in due:
            if deleted not in (0, sum(own.get(group, 0) for own in seals.values())):
                cr.execute("ROLLBACK TO SAVEPOINT mcp_audit_delete_whole")
                return None
        cr.execute("RELEASE SAVEPOINT mcp_audit_delete_whole")
        for group, deleted, _held, _first, _last in due:
            if deleted:
                sealed = {seal: own.get(group, 0) for seal, own in seals.items()}
                self._tell(group, first_id, last_id, sealed, sealed)
        return due

    @api.model
    def _tell(self, group, first_id, last_id, counts, sealed):
        """Tell the trail what goes.

        :param counts: by number of the seal how many go
        :param sealed: by number how many it has sealed
        """
        told = {
            "group": group,
            "first_id": first_id,
            "last_id": last_id,
            "deleted": sum(counts.values()),
            **_told(counts, sealed),
        }
        self.env["mcp.audit.event"]._record(
            "purge.deleted", self.env["mcp.audit.seal"]._vouched(told)
        )

    @api.model
    def _touched(self, cr, first_id, last_id, cutoffs):
        """Return what goes, as it is until the transaction ends.

        :return: by group and seal how many, and the ids of those others stay beside
        """
        # the ORM has no rows of events and seals together
        cr.execute(
            """
            WITH seal AS MATERIALIZED (
                SELECT * FROM mcp_audit_seal
                 WHERE last_id >= %(first)s AND first_id <= %(last)s
            ), ends AS (
                SELECT array_agg(last_id ORDER BY last_id) AS ids FROM seal
            ), due AS MATERIALIZED (
                SELECT id FROM mcp_audit_due(%(first)s, %(last)s, %(cutoffs)s::jsonb)
                 WHERE holds IS NULL
            ), event AS (
                SELECT mcp_audit_group(kind) AS subject, id,
                       id IN (SELECT id FROM due) AS goes,
                       ids[1 + width_bucket(id - 1, ids)] AS seal_end
                  FROM mcp_audit_event, ends
                 WHERE id BETWEEN %(first)s AND %(last)s
            )
            SELECT event.subject, seal.id,
                   count(*) FILTER (WHERE goes),
                   CASE WHEN NOT bool_and(goes)
                        THEN array_agg(event.id) FILTER (WHERE goes) END
              FROM event JOIN seal ON seal.last_id = event.seal_end
             GROUP BY event.subject, seal.id
             ORDER BY event.subject, seal.id
            """,
            {"first": first_id, "last": last_id, "cutoffs": self._json(cutoffs)},
        )
        touched, separated = defaultdict(dict), []
        for group, seal, count, ids in cr.fetchall():
            touched[group][seal] = count
            separated += ids or ()
        return touched, separated

    @api.model
    def _keep_leaves(self, cr, ids):
        if not ids:
            return
        seals = self.env["mcp.audit.seal"]
        wanted = set(ids)
        rows = [
            (event_id, group, digest)
            for group, leaves in seals._leaves(
                seals._events(cr, min(ids), max(ids))
            ).items()
            for event_id, digest in leaves
            if event_id in wanted
        ]
        execute_values(
            cr._obj,
            "INSERT INTO mcp_audit_leaf (event_id, subject, leaf) VALUES %s"
            " ON CONFLICT DO NOTHING",
            rows,
        )
