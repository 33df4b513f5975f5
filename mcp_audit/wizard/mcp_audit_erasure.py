"""Erasing what was asked and answered, where the law wants personal data to go."""

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..models.mcp_audit_purge import REQUESTS_MAX

#: Both of them: the one knows the trail, the other one may take something away.
_GROUPS = ("mcp_audit.group_auditor", "mcp_core.group_manager")


class McpAuditErasure(models.TransientModel):
    _name = "mcp.audit.erasure"
    _description = "MCP Audit Erasure"

    scope = fields.Selection(
        [("chosen", "The chosen requests"), ("user", "All requests of one user")],
        required=True,
        default="chosen",
    )
    # ids and no relation: the trail is to have no foreign keys
    requests = fields.Json(
        "Request IDs", readonly=True, default=lambda self: self._chosen()
    )
    request_count = fields.Integer("Requests", compute="_compute_request_count")
    user_id = fields.Many2one("res.users", context={"active_test": False})
    deleted_user = fields.Integer(
        "Deleted User ID", help="Of a user who is not there any more."
    )
    reason = fields.Text(required=True, help="Why, and who asked for it.")

    @api.depends("requests")
    def _compute_request_count(self):
        for erasure in self:
            erasure.request_count = len(erasure.requests or ())

    @api.model
    def _chosen(self):
        """Return the ids of the requests that were chosen in the list of events."""
        if self.env.context.get("active_model") != "mcp.audit.event":
            return []
        ids = self.env.context.get("active_ids") or []
        events = self.env["mcp.audit.event"].browse(ids).exists()
        return sorted({event.request_id for event in events if event.request_id})

    def action_erase(self):
        """Erase it and show the record of it.

        :raise AccessError: who asks is not both auditor and administrator
        """
        self.ensure_one()
        if not all(self.env.user.has_group(group) for group in _GROUPS):
            raise AccessError(
                self.env._(
                    "Only who is both an auditor and an administrator of MCP may "
                    "erase what was asked and answered."
                )
            )
        # bookkeeping that no user may write, hence sudo
        purges = self.env["mcp.audit.purge"].sudo()
        if self.scope == "chosen":
            purge = purges._erase_requests(self._few_requests(), self.reason)
        else:
            purge = purges._plan_erasure(self._user_number(), self.reason)
            purge._enqueue()
        return purge._window()

    def _few_requests(self):
        if not self.requests:
            raise UserError(self.env._("Choose requests in the list of events first."))
        if len(self.requests) > REQUESTS_MAX:
            raise UserError(
                self.env._(
                    "Choose at most %(max)s requests, or all of one user.",
                    max=REQUESTS_MAX,
                )
            )
        return self.requests

    def _user_number(self):
        number = self.user_id.id or self.deleted_user
        if not number:
            raise UserError(self.env._("Choose the user."))
        return number
