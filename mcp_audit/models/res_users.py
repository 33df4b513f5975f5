"""What a user did through MCP, for auditors."""

from odoo import fields, models


class ResUsers(models.Model):
    _inherit = "res.users"

    mcp_request_count = fields.Integer(
        "MCP Activity",
        compute="_compute_mcp_request_count",
        groups="mcp_audit.group_auditor",
    )

    def _compute_mcp_request_count(self):
        for user in self:
            events = self.env["mcp.audit.event"]
            user.mcp_request_count = events._usage(user_id=user.id) if user.id else 0

    def action_view_mcp_activity(self):
        """Show what the clients of the user did."""
        self.ensure_one()
        return self.env["mcp.audit.event"]._log(
            self.display_name, [("user_id", "=", self.id)], month=1
        )
