"""Making a key for an AI client: what it may do, and for how long.

Odoo's own wizard for API keys, with its durations and limits, for keys that work at
the endpoint only.
"""

from odoo import api, fields, models

from odoo.addons.base.models.res_users import check_identity

from ..models.res_users_apikeys import SCOPE, SCOPE_READ_ONLY

#: In days, where the user may have it.
_USUAL_DURATION = "30"


class McpConnect(models.TransientModel):
    _name = "mcp.connect"
    _inherit = "res.users.apikeys.description"
    _description = "Connect an MCP Client"

    access = fields.Selection(
        [("read", "Read only"), ("write", "Read and write")],
        required=True,
        default="read",
        help="What the client may do. It never exceeds what you may do yourself.",
    )
    duration = fields.Selection(default=lambda self: self._default_duration())

    @api.model
    def _default_duration(self):
        offered = [duration for duration, _label in self._selection_duration()]
        return _USUAL_DURATION if _USUAL_DURATION in offered else offered[0]

    @check_identity
    def make_key(self):
        """Make the key, and open the dialog that shows it: the only one that ever does.

        Like Odoo's own, that dialog gets the key by its context and keeps no row.
        """
        self.ensure_one()
        self.check_access_make_key()
        scope = SCOPE_READ_ONLY if self.access == "read" else SCOPE
        key = self.env["res.users.apikeys"]._generate(
            scope, self.name, self.expiration_date
        )
        # the row is the user's own, who may not delete rows of wizards
        self.sudo().unlink()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Connect an AI Client"),
            "res_model": "mcp.connect.show",
            "views": [(False, "form")],
            "target": "new",
            "context": {"default_key": key, "dialog_size": "large"},
        }
