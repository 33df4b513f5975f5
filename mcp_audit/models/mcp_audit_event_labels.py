"""What events are called on the screens, in the language of who looks."""

from odoo import api, fields, models

from ..event import BEGUN, FINISHED, REFUSED

#: Facts of an event that say best what it is about, the first that is there.
_SUBJECTS = ("name", "setting", "client", "login")


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    account_id = fields.Many2one(
        "res.users",
        "User",
        compute="_compute_account_id",
        search="_search_account_id",
        help="Empty where nobody had proved who they are, and where the user is gone.",
    )
    label = fields.Char("What", compute="_compute_label")
    subject = fields.Char(
        "Tool, Resource or Prompt",
        compute="_compute_subject",
        help="What was called or, of other events, what they are about.",
    )
    credential_name = fields.Char(
        "Key",
        compute="_compute_credential_name",
        help="What its owner called the key, as long as there is one.",
    )
    model_label = fields.Char(
        "Model Name", compute="_compute_model_label", search="_search_model_label"
    )

    @api.model
    def _kinds(self):
        """Hook: return (kind, label) of the events that there are.

        An override adds the kinds of its addon to the result of ``super()``.
        """
        return [
            (FINISHED, self.env._("Request Ended")),
            (BEGUN, self.env._("Request Begun")),
            ("auth.failed", self.env._("Sign-in Failed")),
            ("auth.denied", self.env._("Sign-in Denied")),
            ("auth.locked", self.env._("Refused While Locked Out")),
            ("auth.lockout", self.env._("Locked Out")),
            ("address.refused", self.env._("Address Refused")),
            ("rate.limited", self.env._("Too Many Requests")),
            ("access.denied", self.env._("Access Denied")),
            ("session.opened", self.env._("Session Opened")),
            ("session.closed", self.env._("Session Closed")),
            ("session.terminated", self.env._("Session Terminated")),
            ("session.expired", self.env._("Session Expired")),
            ("configuration.changed", self.env._("Configuration Changed")),
            ("settings.changed", self.env._("Setting Changed")),
            ("audit.viewed", self.env._("Audit Viewed")),
            ("audit.rebuild.requested", self.env._("Rebuild Requested")),
            ("audit.purged", self.env._("Audit Purged")),
            ("audit.erased", self.env._("Contents Erased")),
            ("hold.placed", self.env._("Legal Hold Placed")),
            ("hold.released", self.env._("Legal Hold Released")),
            ("export.requested", self.env._("Export Requested")),
            ("export.finished", self.env._("Export Finished")),
            ("export.cancelled", self.env._("Export Cancelled")),
            ("export.failed", self.env._("Export Failed")),
            ("export.downloaded", self.env._("Export Downloaded")),
            ("export.deleted", self.env._("Export Deleted")),
            ("purge.deleted", self.env._("Events Deleted")),
            ("protection.changed", self.env._("Protection Changed")),
            ("seal.verified", self.env._("Seals Verified")),
        ]

    @api.model
    def _methods(self):
        """Return {method of the protocol: what a request of it is called}."""
        return {
            "tools/call": self.env._("Tool Called"),
            "tools/list": self.env._("Tools Listed"),
            "resources/read": self.env._("Resource Read"),
            "resources/list": self.env._("Resources Listed"),
            "resources/templates/list": self.env._("Resource Templates Listed"),
            "prompts/get": self.env._("Prompt Used"),
            "prompts/list": self.env._("Prompts Listed"),
            "completion/complete": self.env._("Suggestions Asked For"),
            "initialize": self.env._("Client Connected"),
            "server/discover": self.env._("Server Looked At"),
            "ping": self.env._("Connection Checked"),
            "logging/setLevel": self.env._("Log Level Chosen"),
            "notifications/initialized": self.env._("Client Ready"),
            "notifications/cancelled": self.env._("Request Cancelled"),
            "response": self.env._("Client Answered"),
        }

    @api.depends("user_id")
    def _compute_account_id(self):
        # the user may be gone, or of a company that the auditor doesn't look at
        users = self.env["res.users"].sudo()
        there = set(users.browse({event.user_id for event in self} - {0}).exists().ids)
        for event in self:
            event.account_id = event.user_id if event.user_id in there else False

    def _search_account_id(self, operator, value):
        if operator == "in":
            return [("user_id", "in", [id_ for id_ in value if id_ is not False])]
        if operator == "any":
            users = self.env["res.users"].with_context(active_test=False)
            return [("user_id", "in", users.search(value).ids)]
        return NotImplemented

    @api.depends("credential")
    def _compute_credential_name(self):
        names = self.env["res.users.apikeys"]._mcp_names(set(self.mapped("credential")))
        for event in self:
            event.credential_name = names.get(event.credential)

    @api.depends("kind", "method", "outcome", "details")
    def _compute_label(self):
        kinds, methods = dict(self._kinds()), self._methods()
        for event in self:
            if event.kind not in (BEGUN, FINISHED):
                event.label = kinds.get(event.kind, event.kind)
            elif (event.details or {}).get("dry_run"):
                event.label = self.env._("Tool Tried Out")
            elif event.method in methods:
                event.label = methods[event.method]
            elif event.method:
                event.label = self.env._("Request “%(method)s”", method=event.method)
            elif event.outcome == REFUSED:
                event.label = self.env._("Turned Away")
            else:
                event.label = self.env._("Request")

    @api.depends("tool", "resource", "prompt", "details")
    def _compute_subject(self):
        for event in self:
            told = event.details or {}
            event.subject = (
                event.tool
                or event.resource
                or event.prompt
                or next(
                    (
                        told[name]
                        for name in _SUBJECTS
                        if isinstance(told.get(name), str) and told[name]
                    ),
                    False,
                )
            )

    @api.depends("model")
    def _compute_model_label(self):
        models_ = self.env["ir.model"]
        for event in self:
            # read by everybody on any form, hence its sudo; not every model is there
            known = models_._get(event.model) if event.model in self.env else None
            event.model_label = known.name if known else event.model

    def _search_model_label(self, operator, value):
        if operator not in ("in", "ilike", "like", "="):
            return NotImplemented
        # names of models, few and no secret: an auditor need not know "res.partner"
        known = self.env["ir.model"].sudo()
        domain = ["|", ("name", operator, value), ("model", operator, value)]
        return [("model", "in", known.search(domain).mapped("model"))]

    @api.depends("kind", "login", "subject")
    def _compute_display_name(self):
        for event in self:
            parts = (event.label, event.subject)
            event.display_name = " · ".join(part for part in parts if part)
