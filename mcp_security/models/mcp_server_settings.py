"""The settings of this addon beside those of the core."""

from odoo import api, models

from .. import settings


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _settings(self):
        return (*super()._settings(), settings.TABLE)
