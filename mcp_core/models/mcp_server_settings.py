"""Reading the settings; the screen for them is ``res_config_settings.py``."""

from odoo import api, models
from odoo.tools import ormcache

from .. import settings


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _settings(self):
        """Hook: return the tables of settings, see :class:`..settings.Table`.

        An override adds the table of its addon to the result of ``super()``.

        :rtype: tuple[Table, ...]
        """
        return (settings.TABLE,)

    @api.model
    def _settings_table(self, name):
        """Return the table that has the setting *name*.

        :raise KeyError: there is no such setting
        """
        for table in self._settings():
            if name in table:
                return table
        raise KeyError(name)

    @api.model
    @ormcache("name", cache="stable")  # forgotten where any parameter is written
    def _setting(self, name):
        """Return the value of a setting.

        The same for everybody and no secret, hence sudo.

        :rtype: int | bool | str | frozenset
        :raise KeyError: there is no such setting
        """
        table = self._settings_table(name)
        parameters = self.env["ir.config_parameter"].sudo()
        return table.parse(name, parameters.get_param(table.parameter(name)))
