"""Records whose content ormcache keeps: any change of one makes Odoo forget it."""

from odoo import api, models


class McpRemembered(models.AbstractModel):
    _name = "mcp.remembered"
    _description = "Remembered MCP Record"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    def _mcp_without_groups(self):
        """Hook: an app is uninstalled, and with it the last groups that the records are
        for.

        An override sees to it that they are for nobody afterwards: without any group
        they would be for everybody.
        """
