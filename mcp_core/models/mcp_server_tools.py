"""Server features, "Tools": listing and calling them."""

from odoo import api, models

from ..decorators import protocol_method
from ..protocol import headers
from ..protocol.errors import InvalidParams, quote
from ..protocol.jsonrpc import Request

#: Where an exchange remembers its tool: several hooks ask for that.
_CALLED = "mcp_core.called_tool"


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
        tool = self._called_tool(exchange)
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
        if _CALLED not in exchange.memory:
            name = message.params.get("name")
            exchange.memory[_CALLED] = self.env["mcp.tool"]._named(exchange, name)
        return exchange.memory[_CALLED]

    @api.model
    def _recognise(self, exchange, session_token):
        # Each try of the transaction asks again: rights may be others by then.
        exchange.memory.pop(_CALLED, None)
        return super()._recognise(exchange, session_token)

    @api.model
    def _handle(self, exchange):
        exchange.memory.pop(_CALLED, None)
        return super()._handle(exchange)

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
