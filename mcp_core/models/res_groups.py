"""Groups that MCP records are for: none of them becomes for everybody by a deletion."""

from odoo import api, models
from odoo.exceptions import UserError

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG


class ResGroups(models.Model):
    _inherit = "res.groups"

    @api.ondelete(at_uninstall=False)
    def _unlink_except_of_mcp_records(self):
        for records in self._mcp_records_for_these_only():
            raise UserError(
                self.env._(
                    "Without this group these would be for everybody: %(records)s. "
                    "Choose another group there, or delete them, first.",
                    records=", ".join(records.mapped("display_name")),
                )
            )

    def unlink(self):
        if self.env.context.get(MODULE_UNINSTALL_FLAG):
            for records in self._mcp_records_for_these_only():
                records._mcp_without_groups()
        self.env["mcp.remembered"]._unlink_with(self)
        return super().unlink()

    def _mcp_records_for_these_only(self):
        """Return the records that are for some of these groups and no others, a
        recordset for each of their models."""
        found = []
        for name in self.env.registry.descendants(["mcp.remembered"], "_inherit"):
            model = self.env[name]
            if model._abstract or "group_ids" not in model._fields:
                continue
            # whoever deletes a group need not see what it is for, hence sudo
            records = model.sudo().with_context(active_test=False)
            records = records.search([("group_ids", "in", self.ids)])
            if records := records.filtered(lambda record: record.group_ids <= self):
                found.append(records)
        return found
