"""Who sees which events: auditors all, and users their own where a setting says so."""

import functools

from odoo import api, models
from odoo.exceptions import AccessError

from ..journal import current


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    def _check_access(self, operation):
        # The access right of MCP users, and the rule that shows them their own events
        # only, count as long as the setting is on.
        if not self._may_look():
            return self, functools.partial(self._closed, self.env)
        return super()._check_access(operation)

    @api.model
    def _may_look(self):
        if self.env.su:
            return True
        if current():
            # a client, which is fenced off already: people look, on Odoo's screens
            return False
        return self.env.user.has_group("mcp_audit.group_auditor") or self.env[
            "mcp.server"
        ]._setting("own_events")

    @staticmethod
    def _closed(env):
        return AccessError(
            env._(
                "Only people with the access right MCP Audit: Auditor may look into "
                "the audit trail, on Odoo's own screens."
            )
        )
