"""Changes of the channels that the jobs of the trail are run in."""

from odoo import models


class QueueJobChannel(models.Model):
    _name = "queue.job.channel"
    _inherit = ("queue.job.channel", "mcp.audit.watched")

    def _mcp_watched(self):
        return self.filtered(
            lambda channel: f"{channel.sudo().complete_name}.".startswith(
                "root.mcp_audit."
            )
        )
