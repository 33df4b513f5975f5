"""Changes of who may do what with the models of MCP."""

from odoo import models


class IrModelAccess(models.Model):
    _name = "ir.model.access"
    _inherit = ("ir.model.access", "mcp.audit.watched")

    def _mcp_watched(self):
        # metadata, hence sudo
        return self.filtered(
            lambda right: (right.sudo().model_id.model or "").startswith("mcp.")
        )
