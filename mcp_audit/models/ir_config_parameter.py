"""Changes of the settings, in the trail with old and new values."""

from odoo import api, models


class IrConfigParameter(models.Model):
    _inherit = "ir.config_parameter"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record in records:
            record._audit_setting(record.key, None, record.value)
        return records

    def write(self, vals):
        before = {record: (record.key, record.value) for record in self}
        result = super().write(vals)
        for record, (key, old) in before.items():
            if record.key == key:
                record._audit_setting(key, old, record.value)
            else:
                # another name takes a setting away, and may be one
                record._audit_setting(key, old, None)
                record._audit_setting(record.key, None, record.value)
        return result

    def unlink(self):
        for record in self:
            record._audit_setting(record.key, record.value, None)
        return super().unlink()

    def _audit_setting(self, key, old, new):
        if old == new or not key.startswith("mcp_"):
            return
        tables = self.env["mcp.server"]._settings()
        if any(key in table.parameters for table in tables):
            self.env["mcp.server"]._emit(
                "settings.changed", None, setting=key, old=old, new=new
            )
