"""Server features, "Tools": listing and calling them."""

from odoo import api, models

from ..decorators import protocol_method
from ..protocol import headers
from ..protocol.errors import InvalidParams, quote
from ..protocol.jsonrpc import Request


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @protocol_method("tools/list", only_reads=True)
    def _tools_list(self, exchange, params):
        """Server features, "Tools"."""
        tools = self.env["mcp.tool"]._available(exchange)
        return self._page(exchange, "tools", tools, params)

    @protocol_method("tools/call")
    def _tools_call(self, exchange, params):
        """Server features, "Tools". Failures of the tool itself are results."""
        name, arguments = params.get("name"), params.get("arguments", {})
        if not isinstance(name, str):
            raise InvalidParams("tools/call needs name (string).")
        if not isinstance(arguments, dict):
            raise InvalidParams("tools/call takes arguments as an object.")
        tools = self.env["mcp.tool"]
        tool = tools._named(exchange, name)
        if tool is None:
            raise InvalidParams(
                f"Unknown tool: {quote(name)}. tools/list has those that are for you."
            )
        return self._with_input(
            exchange,
            [name, arguments],
            lambda: tools._call(exchange, tool, arguments),
        )

    @api.model
    def _called_tool(self, exchange):
        """Return the tool that the exchange's message calls, ``None`` for none."""
        message = exchange.message
        if not isinstance(message, Request) or message.method != "tools/call":
            return None
        return self.env["mcp.tool"]._named(exchange, message.params.get("name"))

    @api.model
    def _check_headers(self, exchange, http_headers):
        """Compare what modern clients repeat of a tool's arguments in headers.

        :param http_headers: of the request, case-insensitive
        :raise HeaderMismatch: they differ
        """
        if not exchange.revision.modern:
            return
        tool = self._called_tool(exchange)
        arguments = exchange.message.params.get("arguments") if tool else None
        if isinstance(arguments, dict):
            headers.check_parameters(http_headers, tool.mirrored_parameters, arguments)

    @api.model
    def _wants_stream(self, exchange):
        """Return whether something may be said before the answer."""
        tool = self._called_tool(exchange)
        return tool is not None and tool.interactive
