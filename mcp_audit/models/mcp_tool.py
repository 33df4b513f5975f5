"""What tools change, noted for the event of their call, and how often they do it."""

from odoo import api, fields, models

from odoo.addons.mcp_core import dry_run

from ..journal import IDS_MAX, current, named_ids


class McpTool(models.Model):
    _inherit = "mcp.tool"

    call_count = fields.Integer(
        "Calls", compute="_compute_call_count", groups="mcp_audit.group_auditor"
    )

    @api.model
    def _change(self, records, operation, run):
        result = super()._change(records, operation, run)
        journal = current()
        if journal and dry_run.current():
            # all of it is undone: nothing was changed
            journal.tried = True
        elif journal:
            changed = records
            if operation == "create" and isinstance(result, models.BaseModel):
                changed = result
            journal.changed.append(
                (changed._name, operation, changed.ids[:IDS_MAX], len(changed))
            )
        return result

    @api.model
    def _run_server_action(self, action_id, arguments):
        result = super()._run_server_action(action_id, arguments)
        journal = current()
        if journal and journal.begun:
            # nobody knows what it changed: what it is about has to do
            action = self.env["ir.actions.server"].browse(action_id)
            ids = named_ids(arguments.get("ids")) or []
            journal.changed.append(
                (action.sudo().model_id.model, "run", ids[:IDS_MAX], len(ids))
            )
        return result

    @api.model
    def _error_message(self, exchange, tool, error):
        if journal := current():
            journal.error = type(error).__name__
        return super()._error_message(exchange, tool, error)

    def unlink(self):
        self.env["mcp.audit.rule"]._without("tool_ids", self)
        return super().unlink()

    def _compute_call_count(self):
        for tool in self:
            events = self.env["mcp.audit.event"]
            tool.call_count = events._usage(tool=tool.name) if tool.name else 0

    def action_view_calls(self):
        """Show the calls of the tool."""
        self.ensure_one()
        return self.env["mcp.audit.event"]._requests_window(
            self.display_name, [("tool", "=", self.name)], month=1
        )
