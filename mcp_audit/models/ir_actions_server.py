"""Changes of server actions that clients run as tools, or that run the addons' jobs."""

from odoo import models

from .. import configuration


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def write(self, vals):
        with configuration.changing(self._mcp_configured(), vals):
            return super().write(vals)

    def unlink(self):
        configuration.deleting(self._mcp_configured())
        return super().unlink()

    def _mcp_configured(self):
        """Return those of these that tools run, or scheduled actions of MCP."""
        # whoever edits an action need not see the tools, hence sudo
        tools = self.env["mcp.tool"].sudo().with_context(active_test=False)
        crons = self.env["ir.cron"].sudo()._mcp_own()
        found = tools.search([("server_action_id", "in", self.ids)]).server_action_id
        return (self & found.with_env(self.env)) | (
            self & crons.ir_actions_server_id.with_env(self.env)
        )
