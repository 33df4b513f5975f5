"""What an export says of the seals that its events are in."""

from collections import defaultdict, deque

from odoo import api, models
from odoo.tools import SQL

from ..sealing import merkle
from ..sealing.seal import group_of

#: Seals that are read at once: all but the first are looked at where some are forged.
_SEALS = 10


class McpAuditSeal(models.Model):
    _inherit = "mcp.audit.seal"

    @api.model
    def _proofs(self, cr, events):
        """Yield, seal by seal, how the leaves of some events lead to its roots.

        Where all events of a group in a seal are among them, their leaves are enough;
        else each needs its path. What is not sealed yet has no proof.

        :param cr: sees the store as at one moment
        :param events: (id, kind) in the order of their ids
        :return: iterator of dicts of JSON values, one for each seal, as
            :func:`~odoo.addons.mcp_audit.sealing.proof.check_proof` takes them
        """
        events = deque(events)
        while events:
            seal = self._covering(cr, events[0][0])
            if not seal:
                return
            chosen = defaultdict(list)
            while events and events[0][0] <= seal.last:
                event_id, kind = events.popleft()
                chosen[group_of(kind)].append(event_id)
            counts = {group.name: group.count for group in seal.groups}
            whole = {n: ids for n, ids in chosen.items() if len(ids) == counts.get(n)}
            rest = {id_ for n, ids in chosen.items() if n not in whole for id_ in ids}
            yield {
                "seal": seal.as_row(),
                "whole": whole,
                "paths": dict(self._paths(cr, seal, rest)) if rest else {},
            }

    @api.model
    def _covering(self, cr, event_id):
        """Return the seal that an event is in, ``None`` where it is not sealed."""
        last, number = event_id, 0
        while True:
            cr.execute(
                SQL(
                    "SELECT * FROM mcp_audit_seal WHERE (last_id, id) >= (%s, %s)"
                    " ORDER BY last_id, id LIMIT %s",
                    last,
                    number,
                    _SEALS,
                )
            )
            rows = cr.dictfetchall()
            for seal in self._genuine(rows):
                return seal
            if len(rows) < _SEALS:
                return None
            last, number = rows[-1]["last_id"], rows[-1]["id"] + 1

    @api.model
    def _paths(self, cr, seal, wanted):
        """Yield (id, [group, place in it, digests of the path]) of events in a seal.

        :param wanted: ids of the events
        """
        gone = self._gone(cr, seal.first, seal.last)
        events = self._events(cr, seal.first, seal.last)
        for name, present in self._leaves(events).items():
            ids = {event_id for event_id, _leaf in present}
            lost = [item for item in gone.get(name, ()) if item[0] not in ids]
            leaves = sorted([*present, *lost])
            places = {
                place: event_id
                for place, (event_id, _leaf) in enumerate(leaves)
                if event_id in wanted
            }
            digests = [leaf for _id, leaf in leaves]
            for place, path in merkle.paths(digests, list(places)).items():
                beside = [digest.hex() for digest in path]
                yield str(places[place]), [name, place, beside]
