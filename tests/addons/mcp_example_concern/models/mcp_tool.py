"""An example: while the books are closed, AI clients change nothing."""

from odoo import api, models

from odoo.addons.mcp_core.protocol import content

_CLOSED = "mcp_example_concern.closed"


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _call(self, exchange, tool, arguments):
        if not tool.read_only and self._books_are_closed():
            return content.tool_error(
                self.env._("The books are closed: nothing can be changed now.")
            )
        return super()._call(exchange, tool, arguments)

    @api.model
    def _books_are_closed(self):
        # a parameter that no user may read, hence sudo
        return bool(self.env["ir.config_parameter"].sudo().get_param(_CLOSED))
