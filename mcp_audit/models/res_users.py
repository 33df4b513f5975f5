"""What a user did through MCP, for auditors, and what they are given for it."""

from odoo import api, fields, models

from .. import configuration


class ResUsers(models.Model):
    _inherit = "res.users"

    mcp_request_count = fields.Integer(
        "MCP Activity",
        compute="_compute_mcp_request_count",
        groups="mcp_audit.group_auditor",
    )

    @api.model_create_multi
    def create(self, vals_list):
        users = super().create(vals_list)
        for user in users:
            configuration.tell(user, "write", {"groups": []}, user._mcp_granted())
        return users

    def write(self, vals):
        if "group_ids" not in vals:
            return super().write(vals)
        before = {user: user._mcp_granted() for user in self}
        result = super().write(vals)
        for user, old in before.items():
            configuration.tell(user, "write", old, user._mcp_granted())
        return result

    def _mcp_granted(self):
        """Return the names of the groups of MCP that a user is in, as a fact."""
        own = self.env["res.groups"]._mcp_own()
        # whoever manages users need not see groups, hence sudo
        return {"groups": (self.sudo().all_group_ids & own).mapped("full_name")}

    def _compute_mcp_request_count(self):
        for user in self:
            events = self.env["mcp.audit.event"]
            user.mcp_request_count = events._usage(user_id=user.id) if user.id else 0

    def action_view_mcp_activity(self):
        """Show what the clients of the user did."""
        self.ensure_one()
        return self.env["mcp.audit.event"]._requests_window(
            self.display_name, [("user_id", "=", self.id)], month=1
        )
