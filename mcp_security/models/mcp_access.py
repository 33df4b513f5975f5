"""What access records and the default policy say, among the layers that decide."""

from odoo import api, models

from odoo.addons.mcp_core.models.mcp_access import AccessLayer

from ..guard import Rest, guarded

#: How many fields a reason names.
_NAMES_MAX = 10


class McpAccess(models.AbstractModel):
    _inherit = "mcp.access"

    @api.model
    def _access_layers(self, exchange, model, operation, record):
        with guarded(exchange) as guard:
            policy = guard.policy(self.env)
            # what Odoo itself says is asked without the policy, which has its own layer
            with guard.resting(Rest.LOOKING_UP):
                layers = super()._access_layers(exchange, model, operation, record)
            if not policy:
                return layers
            return [*layers, self._policy_layer(policy, model, operation, record)]

    @api.model
    def _rule_layer(self, model, operation, id_):
        if id_ is None or operation == "create":
            return super()._rule_layer(model, operation, id_)
        with guarded(None) as guard:
            policy = guard.policy(self.env)
            if not policy:
                return super()._rule_layer(model, operation, id_)
            if not {"read", operation} <= policy.operations_on(model._name):
                # whether it exists is nothing to tell
                return super()._rule_layer(model, operation, None)
            # a record that is not open is one that does not exist
            with guard.resting(None):
                return super()._rule_layer(model, operation, id_)

    @api.model
    def _policy_layer(self, policy, model, operation, record):
        access = self.env["mcp.access.record"]
        # who looks at the effective access of a user manages it, and is told more
        manages = self.env.context.get("mcp_explained_to_manager") or (
            self.env.user.has_group("mcp_core.group_manager")
        )
        if not policy.allows(model._name, operation):
            reason = self.env._("Not allowed through MCP.")
            if manages:
                reason = self.env._(
                    "Not allowed through MCP: %s",
                    access._reason(policy, model._name),
                )
            return AccessLayer(
                "access_record",
                allowed=False,
                reason=reason,
                remedy=self.env._(
                    "Allow this in an access record of %s (MCP, Configuration, Access "
                    "Control).",
                    model._name,
                ),
            )
        restriction = access._restriction(policy, model._name)
        if record is not None and operation != "create" and not restriction.is_true():
            found = model.with_context(active_test=False).browse(record).exists()
            if not found.sudo().filtered_domain(restriction):
                # like a record that does not exist
                return AccessLayer(
                    "access_record",
                    allowed=False,
                    reason=self.env._(
                        "Record %s is none of those that are open through MCP.", record
                    ),
                )
        return AccessLayer(
            "access_record",
            allowed=True,
            reason=self._limits(policy, model, operation, restriction, manages),
        )

    @api.model
    def _limits(self, policy, model, operation, restriction, manages):
        """Return what is allowed, with its limits, as text."""
        access = self.env["mcp.access.record"]
        sentences = []
        limits = policy.models.get(model._name)
        if manages and limits:
            sentences.append(
                self.env._("Allowed by %s", access._reason(policy, model._name))
            )
        else:
            sentences.append(self.env._("Allowed through MCP."))
        admits = policy.shows if operation == "read" else policy.lets_write
        closed = [name for name, field in model._fields.items() if not admits(field)]
        if closed and operation != "unlink":
            sentences.append(
                self.env._(
                    "%(count)s of %(total)s fields are closed.",
                    count=len(closed),
                    total=len(model._fields),
                )
            )
            if manages:
                names = sorted(closed)[:_NAMES_MAX]
                more = ", …" if len(closed) > _NAMES_MAX else "."
                sentences[-1] += " " + ", ".join(names) + more
        if not restriction.is_true():
            sentences.append(self.env._("Some records only."))
        if limits and limits.cap:
            sentences.append(self.env._("At most %s records per call.", limits.cap))
        return " ".join(sentences)
