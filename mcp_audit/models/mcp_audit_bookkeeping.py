"""What the trail notes of its own work: verifications, exports, purges."""

from odoo import api, models

#: States in which there is something left to do for a job.
UNFINISHED = ("waiting", "running")


class McpAuditBookkeeping(models.AbstractModel):
    """Records that the code writes for people who may only ask for them."""

    _name = "mcp.audit.bookkeeping"
    _description = "MCP Audit Bookkeeping"

    # super would ask the context first
    # pylint: disable=method-required-super
    @api.model
    def default_get(self, fields):
        """Return the defaults of the fields themselves and no others.

        Whoever asks for a verification sends a context along, and may have defaults of
        their own: neither says what was found.
        """
        return {
            name: self._fields[name].default(self)
            for name in fields
            if name in self._fields and self._fields[name].default
        }

    def _form(self, name):
        """Return the action that shows the record.

        :param name: of the window
        """
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": self._name,
            "res_id": self.id,
            "views": [(False, "form")],
        }
