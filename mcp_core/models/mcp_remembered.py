"""Records whose content ormcache keeps: any change of one makes Odoo forget it."""

from odoo import api, models


class McpRemembered(models.AbstractModel):
    _name = "mcp.remembered"
    _description = "Remembered MCP Record"

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        self.env.registry.clear_cache()
        return records

    def write(self, vals):
        result = super().write(vals)
        self.env.registry.clear_cache()
        return result

    def _update_field_translations(self, field_name, translations, *args, **kwargs):
        # Odoo writes them without write()
        result = super()._update_field_translations(
            field_name, translations, *args, **kwargs
        )
        self.env.registry.clear_cache()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.model
    def _unlink_with(self, records):
        """Delete what PostgreSQL would delete along with some records.

        By the ORM, so that it is forgotten, and whoever hooks in is told.
        """
        for name in self.env.registry.descendants(["mcp.remembered"], "_inherit"):
            # it goes whether or not whoever deletes the records may see it, hence sudo
            model = self.env[name].sudo().with_context(active_test=False)
            for field in () if model._abstract else model._fields.values():
                if (
                    field.type == "many2one"
                    and field.store
                    and field.comodel_name == records._name
                    and field.ondelete == "cascade"
                ):
                    model.search([(field.name, "in", records.ids)]).unlink()

    def _mcp_without_groups(self):
        """Hook: an app is uninstalled, and with it the last groups that the records are
        for.

        An override sees to it that they are for nobody afterwards, as without any group
        they would be for everybody, and calls ``super()``. It runs as the superuser.
        """
