"""Changes of what administrators configure, in the trail with old and new values."""

from odoo import api, fields, models

#: Characters of one value that are kept.
_VALUE_MAX = 2000


class McpRemembered(models.AbstractModel):
    _inherit = "mcp.remembered"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record, vals in zip(records, vals_list, strict=True):
            record._audit_change("create", {}, record._audit_values(vals))
        return records

    def write(self, vals):
        before = {record: record._audit_values(vals) for record in self}
        result = super().write(vals)
        for record, old in before.items():
            record._audit_change("write", old, record._audit_values(vals))
        return result

    def unlink(self):
        for record in self:
            record._audit_change("unlink", record._audit_values(record._fields), {})
        return super().unlink()

    def _audit_change(self, operation, old, new):
        """Record one change; where nothing is different, there was none."""
        changes = {
            name: [old.get(name), new.get(name)]
            for name in [*old, *(name for name in new if name not in old)]
            if old.get(name) != new.get(name)
        }
        if not changes and operation == "write":
            return
        self.env["mcp.server"]._emit(
            "configuration.changed",
            model=self._name,
            operation=operation,
            record_ids=self.ids,
            record_count=1,
            name=self.display_name,
            changes=changes,
        )

    def _audit_values(self, names):
        """Return the stored values of fields as JSON, relations as ids."""
        values = {}
        for name in names:
            field = self._fields.get(name)
            if field is None or not field.store or name in models.MAGIC_COLUMNS:
                continue
            value = self[name]
            if isinstance(value, models.BaseModel):
                values[name] = value.ids
            elif field.type == "binary":
                values[name] = len(value or b"")
            elif isinstance(field, fields.Date | fields.Datetime):
                values[name] = field.to_string(value)
            elif isinstance(value, str):
                values[name] = value[:_VALUE_MAX]
            else:
                values[name] = value
        return values
