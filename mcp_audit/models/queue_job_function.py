"""Changes of how the jobs of the trail are run."""

from odoo import models


class QueueJobFunction(models.Model):
    _name = "queue.job.function"
    _inherit = ("queue.job.function", "mcp.audit.watched")

    def _mcp_watched(self):
        return self.filtered(
            lambda function: (function.sudo().name or "").startswith("<mcp.audit.")
        )
