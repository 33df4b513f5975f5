"""Changes of the names by which the addons find their groups and scheduled actions."""

from odoo import models


class IrModelData(models.Model):
    _name = "ir.model.data"
    _inherit = ("ir.model.data", "mcp.audit.watched")

    def _mcp_watched(self):
        return self.filtered(
            lambda known: (
                known.model in ("res.groups", "ir.cron")
                and (known.module or "").startswith("mcp_")
            )
        )
