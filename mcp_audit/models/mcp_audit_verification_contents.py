"""Verifying what was asked and answered, which may go before the events do."""

from contextlib import suppress

from odoo import api, fields, models

from ..event import salted_digest
from ..sealing import verification as problems
from ..sealing.verification import Finding
from .mcp_audit_retention import PAYLOADS


class McpAuditVerification(models.Model):
    _inherit = "mcp.audit.verification"

    @api.model
    def _contents(self, events):
        """Return {(request, side): (digest, whether it is erased)} of some events."""
        requests = {
            row["request_id"]
            for row in events
            if row["request_digest"] or row["response_digest"]
        }
        if not requests:
            return {}
        self.env.cr.execute(
            """
            SELECT request_id, side, salt, full_digest || body, erased IS NOT NULL
              FROM mcp_audit_payload WHERE request_id = ANY(%s)
            """,
            [list(requests)],
        )
        return {
            (request, side): (salted_digest(salt, text), erased)
            for request, side, salt, text, erased in self.env.cr.fetchall()
        }

    @api.model
    def _check_contents(self, seal, events, contents, state):
        found, purged = [], None
        for row in events:
            for side in ("request", "response"):
                digest = row[f"{side}_digest"]
                if not digest:
                    continue
                about = {"event": row["id"], "side": side}
                there = contents.get((row["request_id"], side))
                if there is None:
                    if purged is None:
                        purged = self._contents_purged()
                    if purged and row["time"] < purged:
                        state["gone"] += 1
                    else:
                        finding = Finding(problems.CONTENT_GONE, seal.number, about)
                        found.append(finding)
                elif there[1]:
                    state["erased"] += 1
                elif there[0] != digest:
                    found.append(Finding(problems.CONTENT, seal.number, about))
        return found

    @api.model
    def _contents_purged(self):
        """Return until when contents were deleted by retention, if ever."""
        moments = []
        for told in self._told("purge.deleted"):
            if told.get("group") == PAYLOADS:
                with suppress(TypeError, ValueError):
                    moments.append(fields.Datetime.to_datetime(told.get("before")))
        return max(filter(None, moments), default=None)

    @api.model
    def _check_counts(self, state):
        """Check that no more is erased or gone than the trail tells of.

        Less may be: where the events are gone too, nobody looks for their contents.
        """
        purges = [t for t in self._told("purge.deleted") if t.get("group") == PAYLOADS]
        told = {
            problems.ERASED: ("erased", self._told("audit.erased"), "erased"),
            problems.CONTENT_GONE: ("gone", purges, "deleted"),
        }
        for problem, (name, those, column) in told.items():
            counts = [one.get(column) for one in those]
            total = sum(count for count in counts if isinstance(count, int))
            if state[name] > total:
                yield Finding(problem, 0, {"found": state[name], "told": total})
