"""Changes of what administrators configure, in the trail with old and new values."""

from odoo import api, models

from .. import configuration


class McpRemembered(models.AbstractModel):
    _inherit = "mcp.remembered"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        for record, vals in zip(records, vals_list, strict=True):
            configuration.created(record, vals)
        return records

    def write(self, vals):
        with configuration.changing(self, vals):
            return super().write(vals)

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        # Odoo writes them without write()
        with configuration.translating(self, field_name):
            return super()._update_field_translations(
                field_name, translations, *args, **kwargs
            )

    def unlink(self):
        configuration.deleting(self)
        return super().unlink()
