"""Changes of the windows on the trail: their filters leave out what they like."""

from odoo import models


class IrActionsActWindow(models.Model):
    _name = "ir.actions.act_window"
    _inherit = ("ir.actions.act_window", "mcp.audit.watched")

    def _mcp_watched(self):
        return self.filtered(
            lambda window: (window.res_model or "").startswith("mcp.audit.")
        )
