"""The requests of a session, for auditors."""

from odoo import models


class McpSession(models.Model):
    _inherit = "mcp.session"

    def action_view_requests(self):
        """Show the requests of the session."""
        self.ensure_one()
        return self.env["mcp.audit.event"]._requests_window(
            self.display_name or self.env._("Session"), [("session_id", "=", self.id)]
        )
