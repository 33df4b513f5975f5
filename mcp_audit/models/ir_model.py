"""Models that go with their app: no audit rule becomes one for all models by that."""

from odoo import models


class IrModel(models.Model):
    _inherit = "ir.model"

    def unlink(self):
        self.env["mcp.audit.rule"]._without("model_ids", self)
        return super().unlink()
