"""How much a tool or a user is used, for the buttons that lead to their requests."""

from odoo import api, models

#: Days that the buttons count.
_DAYS = 30


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    @api.model
    def _usage(self, tool=None, user_id=None):
        """Return how many requests there were in the last days, as the rollups know.

        0 for whoever may not know.
        """
        if not self.has_access("read"):
            return 0
        rollups = self.env["mcp.audit.rollup"]
        return rollups._usage(tool=tool, user_id=user_id, days=_DAYS)
