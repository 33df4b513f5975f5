"""Server features, "Tools": listing and calling them."""

from odoo import models

from ..decorators import protocol_method
from ..protocol.errors import InvalidParams, quote


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @protocol_method("tools/list")
    def _tools_list(self, exchange, params):
        """Server features, "Tools". All of them fit on one page."""
        if "cursor" in params:
            raise InvalidParams("Unknown cursor: this list has one page.")
        return {
            "tools": [
                tool.describe(exchange.revision)
                for tool in self.env["mcp.tool"]._available(exchange)
            ],
            **self._list_hints(exchange),
        }

    @protocol_method("tools/call")
    def _tools_call(self, exchange, params):
        """Server features, "Tools". Failures of the tool itself are results."""
        name, arguments = params.get("name"), params.get("arguments", {})
        if not isinstance(name, str):
            raise InvalidParams("tools/call needs name (string).")
        if not isinstance(arguments, dict):
            raise InvalidParams("tools/call takes arguments as an object.")
        for tool in self.env["mcp.tool"]._available(exchange):
            if tool.name == name:
                return self.env["mcp.tool"]._call(exchange, tool, arguments)
        raise InvalidParams(f"Unknown tool: {quote(name)}.")
