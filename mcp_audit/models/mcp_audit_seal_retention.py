"""Retention, as far as seals are concerned: what they need, and what tells of it."""

from collections import defaultdict

from psycopg2.extras import execute_values

from odoo import api, models


def _runs(parted):
    """Return [first, last] of the ids between which all goes.

    :param parted: (id, whether it goes) in the order of the ids
    """
    runs, follows = [], False
    for event_id, goes in parted:
        if goes and follows:
            runs[-1][1] = event_id
        elif goes:
            runs.append([event_id, event_id])
        follows = goes
    return runs


def _told(deleted, sealed, parted):
    """Say how many events of a group were deleted from each seal, in few words.

    :param deleted: by number of the seal, of those where there were any
    :param sealed: by number, how many each had once
    :param parted: by number, where some have to stay, as for :func:`_runs`
    :return: ``rest``, whether the seals that ``seals`` does not list lost ``"all"`` of
        the group or ``"none"``, and ``seals``, [[number, deleted]], with the runs of
        what goes where some have to stay
    """

    def of(seal):
        runs = [_runs(parted[seal])] if seal in parted else []
        return [seal, deleted.get(seal, 0), *runs]

    unlike_all = [
        of(seal) for seal, count in sealed.items() if deleted.get(seal, 0) != count
    ]
    unlike_none = [of(seal) for seal, count in deleted.items() if count]
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
        answering = self.env["mcp.audit.seal"]._answering(cr, first_id, last_id)
        seals = {
            seal.number: {group.name: group.count for group in seal.groups}
            for seal in answering
        }
        if all(first_id <= seal.first and seal.last <= last_id for seal in answering):
            due = self._delete_whole(cr, first_id, last_id, cutoffs, seals)
            if due is not None:
                return due
        touched, parted = self._touched(cr, first_id, last_id, cutoffs, list(seals))
        self._keep_leaves(
            cr,
            [
                event_id
                for of_group in parted.values()
                for events in of_group.values()
                for event_id, goes in events
                if goes
            ],
        )
        for group, counts in touched.items():
            if any(counts.values()):
                sealed = {seal: own.get(group, 0) for seal, own in seals.items()}
                told = _told(counts, sealed, parted[group])
                self._tell(group, first_id, last_id, cutoffs, counts, told)
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
                told = _told(sealed, sealed, {})
                self._tell(group, first_id, last_id, cutoffs, sealed, told)
        return due

    @api.model
    def _tell(self, group, first_id, last_id, cutoffs, counts, told):
        """Tell the trail what goes.

        :param counts: by number of the seal how many go
        :param told: of which seals, as :func:`_told` has it
        """
        told = {
            "group": group,
            "first_id": first_id,
            "last_id": last_id,
            "before": cutoffs[group],
            "deleted": sum(counts.values()),
            **told,
        }
        self.env["mcp.audit.event"]._record(
            "purge.deleted", self.env["mcp.audit.seal"]._vouched(told)
        )

    @api.model
    def _touched(self, cr, first_id, last_id, cutoffs, numbers):
        """Return what goes, as it is until the transaction ends.

        :param numbers: of the seals of the range
        :return: by group and seal how many; and likewise, where others stay beside
            them, (id, whether it goes) of all
        """
        # the ORM has no rows of events and seals together
        cr.execute(
            """
            WITH seal AS MATERIALIZED (
                SELECT * FROM mcp_audit_seal WHERE id = ANY(%(numbers)s)
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
                   CASE WHEN bool_or(goes) AND NOT bool_and(goes)
                        THEN array_agg(event.id ORDER BY event.id) END,
                   CASE WHEN bool_or(goes) AND NOT bool_and(goes)
                        THEN array_agg(goes ORDER BY event.id) END
              FROM event JOIN seal ON seal.last_id = event.seal_end
             GROUP BY event.subject, seal.id
             ORDER BY event.subject, seal.id
            """,
            {
                "first": first_id,
                "last": last_id,
                "cutoffs": self._json(cutoffs),
                "numbers": numbers,
            },
        )
        touched, parted = defaultdict(dict), defaultdict(dict)
        for group, seal, count, ids, goes in cr.fetchall():
            touched[group][seal] = count
            if ids:
                parted[group][seal] = list(zip(ids, goes, strict=True))
        return touched, parted

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
