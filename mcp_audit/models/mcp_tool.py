"""What tools change, noted for the event of their call."""

from odoo import api, models

from ..journal import IDS_MAX, current


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _change(self, records, operation, run):
        result = super()._change(records, operation, run)
        if journal := current():
            changed = records
            if operation == "create" and isinstance(result, models.BaseModel):
                changed = result
            journal.changed.append(
                (changed._name, operation, changed.ids[:IDS_MAX], len(changed))
            )
        return result

    @api.model
    def _error_message(self, exchange, tool, error):
        if journal := current():
            journal.error = type(error).__name__
        return super()._error_message(exchange, tool, error)
