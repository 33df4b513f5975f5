"""The rate limit on the way of a message."""

from odoo import api, models

from odoo.addons.mcp_core.protocol.errors import TooManyRequests
from odoo.addons.mcp_core.protocol.jsonrpc import Request, Response

from ..rate import response_headers

_COUNTED = "mcp_security.counted"


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _authorize(self, exchange):
        self._count(exchange)
        return super()._authorize(exchange)

    @api.model
    def _count(self, exchange):
        if _COUNTED not in exchange.memory:
            try:
                self._count_message(exchange)
            except TooManyRequests:
                exchange.memory[_COUNTED] = True
                raise
            exchange.memory[_COUNTED] = True
        return super()._count(exchange)

    @api.model
    def _count_message(self, exchange):
        """Count a message of the current user.

        :raise TooManyRequests: a limit does not allow it
        """
        limits = self.env["mcp.rate.limit"]
        rate = limits._rate_of_user()
        tool = self._tool_name(exchange)
        tool_rate = limits._rate_of_tool(tool) if tool else None
        if not rate and not tool_rate:
            return
        passed, balances = self.env["mcp.rate.bucket"]._take(
            self.env.uid, rate, tool if tool_rate else "", tool_rate
        )
        exchange.response_headers.update(response_headers(balances))
        # An answer that a tool waits for only counts: refused, it would leave a worker
        # waiting, which is dearer.
        if passed or isinstance(exchange.message, Response):
            return
        [exhausted, *_others] = sorted(
            (balance for balance in balances if not balance.remaining),
            key=lambda balance: -balance.seconds,
        )
        self._emit(
            "rate.limited",
            exchange,
            policy=exhausted.policy,
            retry_after=exhausted.seconds,
        )
        what = "calls of this tool" if exhausted.policy == "tool" else "messages"
        rate = exhausted.rate
        raise TooManyRequests(
            f"Too many {what}: {rate.per_minute} a minute are allowed, {rate.burst} at "
            f"once. Try again in {exhausted.seconds} s.",
            exhausted.seconds,
        )

    @api.model
    def _tool_name(self, exchange):
        """Return the name that a call of a tool gives, which may be anybody's text."""
        message = exchange.message
        if not isinstance(message, Request) or message.method != "tools/call":
            return ""
        name = message.params.get("name")
        return name if isinstance(name, str) else ""
