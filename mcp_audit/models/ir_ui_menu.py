"""A menu that leads nowhere is not shown."""

from odoo import models


class IrUiMenu(models.Model):
    _inherit = "ir.ui.menu"

    def _load_menus_blacklist(self):
        hidden = super()._load_menus_blacklist()
        # Odoo forgets the menus that it has cached whenever a parameter is changed
        if not self.env["mcp.server"]._setting("own_events"):
            hidden.append(self.env.ref("mcp_audit.menu_own_activity").id)
        return hidden
