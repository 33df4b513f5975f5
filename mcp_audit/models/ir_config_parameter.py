"""Changes of the settings, in the trail with old and new values."""

from odoo import api, models


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._audit_setting(None, record.value)
        return records

    def write(self, vals):
        before = {record: record.value for record in self}
        result = super().write(vals)
        for record, old in before.items():
            record._audit_setting(old, record.value)
        return result

    def unlink(self):
        for record in self:
            record._audit_setting(record.value, None)
        return super().unlink()

    def _audit_setting(self, old, new):
        if old == new or not self.key.startswith("mcp_"):
            return
        tables = self.env["mcp.server"]._settings()
        if any(self.key in table.parameters for table in tables):
            self.env["mcp.server"]._emit(
                "settings.changed", setting=self.key, old=old, new=new
            )
