"""Who makes a rule on events hides them: rules on what is of MCP are in the trail."""

from odoo import models


class IrRule(models.Model):
    _name = "ir.rule"
    _inherit = ("ir.rule", "mcp.audit.watched")

    def _mcp_watched(self):
        # metadata, hence sudo
        return self.filtered(
            lambda rule: (rule.sudo().model_id.model or "").startswith("mcp.")
        )
