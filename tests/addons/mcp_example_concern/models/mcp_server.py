"""An example: models are told before they try."""

from odoo import api, models


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _get_instructions(self, exchange):
        instructions = super()._get_instructions(exchange)
        if self.env["mcp.tool"]._books_are_closed():
            instructions += "The books are closed: only reading is possible now.\n"
        return instructions
