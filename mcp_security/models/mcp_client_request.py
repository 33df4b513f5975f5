"""How many calls of one user may wait for answers of their clients."""

from odoo import api, models

from odoo.addons.mcp_core.exceptions import ToolError


class McpClientRequest(models.Model):
    _inherit = "mcp.client.request"

    @api.model
    def _check_waiting(self, exchange, waiting, own):
        if own >= self.env["mcp.server"]._setting("waiting_calls"):
            raise ToolError(
                self.env._(
                    "Another call of this user waits for the answer to its question. "
                    "Try again when that is answered."
                )
            )
        return super()._check_waiting(exchange, waiting, own)
