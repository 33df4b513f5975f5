"""Changes of server actions that clients run as tools, or that run the addons' jobs."""

from odoo import api, models

from .. import configuration


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    @api.model_create_multi
    def create(self, vals_list):
        actions = super().create(vals_list)
        known = actions._mcp_configured()
        for action, vals in zip(actions, vals_list, strict=True):
            if action in known:
                configuration.created(action, vals)
        return actions

    def write(self, vals):
        configured = self._mcp_configured()
        if "parent_id" in vals:
            # where it comes to is one of them, it is one from then on
            parent = self.browse(vals["parent_id"]).exists()
            configured |= self if parent._mcp_configured() else self.browse()
        with configuration.changing(configured, vals):
            return super().write(vals)

    def unlink(self):
        configuration.deleting(self._mcp_configured())
        return super().unlink()

    def _mcp_configured(self):
        """Return those of these that tools run, or scheduled actions of MCP, be it by
        way of another one."""
        # whoever edits an action need not see the tools, hence sudo
        tools = self.env["mcp.tool"].sudo().with_context(active_test=False)
        crons = self.env["ir.cron"].sudo()._mcp_own()
        known = self.sudo()
        while parents := known.parent_id - known:
            known |= parents
        found = tools.search([("server_action_id", "in", known.ids)]).server_action_id
        run = known & (found | crons.ir_actions_server_id).with_env(known.env)
        while children := (known & run.child_ids) - run:
            run |= children
        return self & run.with_env(self.env)
