"""What a user may do with a model through MCP, layer by layer, for administrators."""

from odoo import Command, api, fields, models

from odoo.addons.mcp_core.exchange import Exchange, Principal
from odoo.addons.mcp_core.fences import is_fenced

from ..guard import Rest, guarded
from ..policy import OPERATIONS


class McpEffectiveAccess(models.TransientModel):
    _name = "mcp.effective.access"
    _description = "Effective MCP Access"

    user_id = fields.Many2one(
        "res.users",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
    )
    model_id = fields.Many2one(
        "ir.model",
        required=True,
        ondelete="cascade",
        domain=[("abstract", "=", False)],
    )
    company_ids = fields.Many2many(
        "res.company",
        string="Companies",
        compute="_compute_company_ids",
        store=True,
        readonly=False,
        help="Those that the user works in.",
    )
    is_admitted = fields.Boolean(compute="_compute_line_ids")
    line_ids = fields.One2many(
        "mcp.effective.access.line", "access_id", compute="_compute_line_ids"
    )
    readable_fields = fields.Text(compute="_compute_line_ids")
    writable_fields = fields.Text(compute="_compute_line_ids")
    record_ids = fields.Many2many(
        "mcp.access.record",
        string="Access Records",
        compute="_compute_line_ids",
        help="Those that decide.",
    )

    @api.depends("user_id")
    def _compute_company_ids(self):
        for access in self:
            access.company_ids = access.user_id.company_id

    @api.depends("user_id", "model_id", "company_ids")
    def _compute_line_ids(self):
        self.update(
            {
                "is_admitted": False,
                "line_ids": False,
                "readable_fields": False,
                "writable_fields": False,
                "record_ids": False,
            }
        )
        for access in self.filtered("user_id").filtered("model_id"):
            access._explain()

    def _user_env(self):
        """Return the environment of the user: it is their answer that is told.

        Whoever manages MCP may know it, and is told more than the user would be.
        """
        companies = self.company_ids._origin.ids or self.user_id.company_id.ids
        return self.env(
            user=self.user_id._origin.id,
            su=False,
            context={
                "lang": self.env.lang,
                "allowed_company_ids": companies,
                "mcp_explained_to_manager": True,
            },
        )

    def _explain(self):
        """Fill in what the user may do with the model, and why."""
        env = self._user_env()
        principal = Principal(env.uid, "session", "session")
        self.is_admitted = self.env["mcp.server"]._is_admitted(principal)
        name = self.model_id.model
        if name not in env:
            return
        if is_fenced(name):
            reason = self.env._("Out of bounds to every client.")
            self.line_ids = [
                Command.create(
                    {"operation": operation, "allowed": False, "reason": reason}
                )
                for operation in (*OPERATIONS, "call")
            ]
            return
        exchange = Exchange(address="", user_agent="", origin=None, principal=principal)
        lines = []
        with guarded(None) as guard:
            policy = guard.policy(env)
            with guard.resting(Rest.LOOKING_UP):
                access = env["mcp.access"]
                for operation in OPERATIONS:
                    layers = access._access_layers(exchange, env[name], operation, None)
                    lines.append(self._line(operation, layers))
                lines.append(self._method_line(policy, env[name]))
                if not lines[0]["allowed"]:
                    self._close(lines)
                allowed = {line["operation"] for line in lines if line["allowed"]}
                self.readable_fields = self.writable_fields = self.env._("None.")
                if "read" in allowed:
                    self.readable_fields = self._told_fields(
                        env[name], policy.shows, "read"
                    )
                if allowed & {"create", "write"}:
                    self.writable_fields = self._told_fields(
                        env[name], policy.lets_write, "write"
                    )
        self.line_ids = [Command.create(line) for line in lines]
        if limits := policy.models.get(name):
            self.record_ids = [Command.set(limits.records)]

    def _line(self, operation, layers):
        denying = [layer for layer in layers if not layer.allowed]
        deciding = denying[0] if denying else layers[-1]
        return {
            "operation": operation,
            "allowed": not denying,
            "reason": deciding.reason,
            "layers": "\n".join(
                f"{'✓' if layer.allowed else '✗'} {layer.reason}" for layer in layers
            ),
        }

    def _close(self, lines):
        """Take back what is allowed, as no tool names what may not be read."""
        for line in lines:
            if line["allowed"]:
                line["allowed"] = False
                line["reason"] = self.env._("Not without reading.")

    def _method_line(self, policy, model):
        """Return the line about methods, of which there are as many as one likes."""
        limits = policy.models.get(model._name)
        allowed, reason = True, self.env._("All that the user may call.")
        if limits is None:
            if not policy.allows(model._name, "write"):
                allowed, reason = False, self.env._("The default policy allows none.")
        elif limits.named is not None and not limits.named - limits.blocked:
            allowed = False
            reason = self.env._("None, as no access record names any.")
            if not policy.allows(model._name, "write"):
                reason = self.env._(
                    "None: without Change, only methods that access records name."
                )
        elif limits.named is not None:
            names = ", ".join(sorted(limits.named - limits.blocked))
            reason = self.env._("Only %s.", names)
        elif limits.blocked:
            reason = self.env._("All but %s.", ", ".join(sorted(limits.blocked)))
        return {"operation": "call", "allowed": allowed, "reason": reason}

    def _told_fields(self, model, admits, operation):
        """Return the fields that are open, or those that are not: the shorter list."""
        open_names = {
            name
            for name, field in model._fields.items()
            if admits(field) and model._has_field_access(field, operation)
        }
        closed = set(model._fields) - open_names
        if not closed:
            return self.env._("All.")
        if not open_names:
            return self.env._("None.")
        if len(open_names) < len(closed):
            return self.env._("Only %s.", ", ".join(sorted(open_names)))
        return self.env._("All but %s.", ", ".join(sorted(closed)))


class McpEffectiveAccessLine(models.TransientModel):
    _name = "mcp.effective.access.line"
    _description = "Effective MCP Access to an Operation"

    access_id = fields.Many2one("mcp.effective.access", ondelete="cascade")
    operation = fields.Selection(
        [
            ("read", "Read"),
            ("create", "Create"),
            ("write", "Change"),
            ("unlink", "Delete"),
            ("call", "Call methods"),
        ]
    )
    allowed = fields.Boolean()
    reason = fields.Char()
    layers = fields.Text("What Each Layer Says")
