"""How much a tool or a user is used, for the buttons that lead to their requests."""

from datetime import timedelta

from odoo import api, fields, models

from ..event import FINISHED

#: Days that the buttons count.
_DAYS = 30
#: Where there are no rollups to ask, it is not counted further.
_COUNTED_MAX = 10_000


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    @api.model
    def _usage(self, tool=None, user_id=None):
        """Return how many requests there were in the last days; 0 for who may not know.

        The rollups know it at once. Without them it is counted, up to a limit.
        """
        if not self.has_access("read"):
            return 0
        if "mcp.audit.rollup" in self.env:
            rollups = self.env["mcp.audit.rollup"]
            return rollups._usage(tool=tool, user_id=user_id, days=_DAYS)
        since = fields.Datetime.now() - timedelta(days=_DAYS)
        domain = [("kind", "=", FINISHED), ("time", ">=", since)]
        if tool is not None:
            domain.append(("tool", "=", tool))
        if user_id is not None:
            domain.append(("user_id", "=", user_id))
        return len(self._search(domain, limit=_COUNTED_MAX))
