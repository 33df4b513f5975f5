"""Reading the settings; the screen for them is ``res_config_settings.py``."""

from odoo import api, models

from .. import settings


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _setting(self, name):
        """Return the value of a setting, see :mod:`..settings`.

        The same for everybody and no secret, hence sudo. Cached by Odoo.

        :rtype: int | bool | frozenset
        :raise KeyError: there is no such setting
        """
        parameters = self.env["ir.config_parameter"].sudo()
        return settings.read(name, parameters.get_param(settings.parameter(name)))
