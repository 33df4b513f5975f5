"""Server actions as tools: run with a client's arguments, as the caller."""

from odoo import models


class IrActionsServer(models.Model):
    _inherit = "ir.actions.server"

    def _get_eval_context(self, action=None):
        context = super()._get_eval_context(action=action)
        call = self.env.context.get("mcp_call")
        if call is not None and action is not None and action.state == "code":
            # data for the action's own code; "result" is where it leaves its answer
            context["arguments"] = call["arguments"]
            context["result"] = call["result"]
        return context

    def unlink(self):
        self.env["mcp.remembered"]._unlink_with(self)
        return super().unlink()
