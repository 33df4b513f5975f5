"""Each call of a client is held to the policy of its user."""

from odoo import api, models

from ..guard import guarded


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _execute(self, exchange):
        with guarded(exchange):
            return super()._execute(exchange)
