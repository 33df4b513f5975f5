"""An example: a tool is a method, and a record that describes it."""

from datetime import timedelta

from odoo import api, fields, models

from odoo.addons.mcp_core.decorators import tool_method
from odoo.addons.mcp_core.exceptions import ToolError
from odoo.addons.mcp_core.record_reader import RecordReader


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_neglected_contacts(self, exchange, days, limit=20):
        """Return contacts that nobody has changed for so many days."""
        if days < 1:
            raise ToolError(self.env._("days is a number from 1 on, for example 365."))
        before = fields.Datetime.now() - timedelta(days=days)
        partners = self.env["res.partner"].search(
            [("write_date", "<", before)], order="write_date, id", limit=limit
        )
        reader = RecordReader(self.env)
        return {"contacts": reader.values(partners, {"name": {}, "write_date": {}})}
