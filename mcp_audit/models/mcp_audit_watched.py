"""Records of Odoo's own that decide who sees what of MCP and of its trail.

An access rule that hides the events of one user hides them from every auditor: they
can't be changed, but neither are they seen. So whoever makes one is in the trail.
"""

from odoo import api, models

from .. import configuration


class McpAuditWatched(models.AbstractModel):
    _name = "mcp.audit.watched"
    _description = "Record That Is Watched by the MCP Audit"

    def _mcp_watched(self):
        """Hook: return those of these that MCP depends on."""
        raise NotImplementedError

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        # what an addon brings comes with its installation, while nothing is ready
        if self.env.registry.ready:
            watched = records._mcp_watched()
            for record, vals in zip(records, vals_list, strict=True):
                if record in watched:
                    configuration.created(record, vals)
        return records

    def write(self, vals):
        watched = self._mcp_watched()
        # they may come to be about MCP
        others = {
            record: configuration.values(record, vals) for record in self - watched
        }
        with configuration.changing(watched, vals):
            result = super().write(vals)
        for record in self._mcp_watched() - watched:
            new = configuration.values(record, vals)
            configuration.tell(record, "write", others[record], new)
        return result

    def unlink(self):
        # Odoo deletes some of its own twice when it uninstalls
        configuration.deleting(self.exists()._mcp_watched())
        return super().unlink()
