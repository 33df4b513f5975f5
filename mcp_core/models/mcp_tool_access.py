"""The tool that explains why something is allowed or not; see ``mcp_access.py``."""

from odoo import api, models

from ..decorators import tool_method


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_explain_access(self, exchange, model, operation, id=None):
        """Explain whether the caller may do *operation*, and by which layer not.

        :param id: of a record; without it the model as a whole is explained
        :raise ToolError: no such model
        """
        access = self.env["mcp.access"]
        target = access._explained_model(model)
        return access._explained(exchange, target, operation, id)
