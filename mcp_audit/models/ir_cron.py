"""Changes of the scheduled actions of MCP: without them nothing is sealed."""

from odoo import api, models

from .. import configuration

#: What Odoo itself writes with each run. When the next one is, it writes by SQL: who
#: writes that otherwise, may put it off for ever.
_RUNNING = frozenset({"failure_count", "first_failure_date", "lastcall"})


class IrCron(models.Model):
    _inherit = "ir.cron"

    def write(self, vals):
        own = self & self._mcp_own()
        # what is the server action's is told of there
        names = [
            name
            for name in vals
            if name in self._fields
            and name not in _RUNNING
            and not self._fields[name].inherited
        ]
        with configuration.changing(own, names):
            return super().write(vals)

    def unlink(self):
        configuration.deleting(self & self._mcp_own())
        return super().unlink()

    @api.model
    def _mcp_own(self):
        """Return the scheduled actions that addons of MCP came with."""
        return configuration.of_mcp(self)
