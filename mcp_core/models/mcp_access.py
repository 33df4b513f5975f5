"""Which layer allows or denies an operation to the caller.

Odoo says that something is forbidden; this says by what, in the order in which the
layers are asked. Another addon puts its layer into the list by extending
:meth:`McpAccess._access_layers`.
"""

from dataclasses import dataclass

from odoo import api, models

from ..fences import is_fenced

OPERATIONS = ("read", "create", "write", "unlink")
#: How many groups, rules or fields a reason names.
_NAMES_MAX = 10
#: The methods of the tools that do an operation.
_TOOL_METHODS = {
    "read": (
        "_tool_search",
        "_tool_read",
        "_tool_count",
        "_tool_aggregate",
        "_tool_name_search",
    ),
    "create": ("_tool_create",),
    "write": ("_tool_write",),
    "unlink": ("_tool_unlink",),
}


@dataclass(frozen=True, slots=True)
class AccessLayer:
    """What one layer says about an operation.

    :param name: of the layer, ``"record_rule"``
    :param reason: why, for the caller to read: it names nothing hidden
    :param remedy: what an administrator could do, where the layer denies
    """

    name: str
    allowed: bool
    reason: str
    remedy: str = ""

    def describe(self) -> dict[str, str | bool]:
        """Return it as a model reads it."""
        return {"layer": self.name, "allowed": self.allowed, "reason": self.reason}


class McpAccess(models.AbstractModel):
    _name = "mcp.access"
    _description = "Explanation of MCP Access"

    @api.model
    def _access_layers(self, exchange, model, operation, record):
        """Hook: return the layers, outermost first, that decide on an operation.

        An override adds to the result of ``super()``. It speaks of the caller only,
        and of nothing that the caller could not find out otherwise.

        :param model: the empty recordset of the model, as the caller
        :param str operation: one of :data:`OPERATIONS`
        :param record: id of a record, whether it exists or not; ``None`` to ask about
            the model
        :rtype: list[AccessLayer]
        """
        layers = [
            AccessLayer(
                "mcp_group",
                allowed=True,
                reason=self.env._("You may use MCP: otherwise you would not be here."),
            ),
            self._tool_layer(exchange, operation),
            self._right_layer(model, operation),
        ]
        if layers[-1].allowed:
            layers.append(self._rule_layer(model, operation, record))
            if operation != "unlink":
                layers.append(self._field_layer(model, operation))
        return layers

    @api.model
    def _explained(self, exchange, model, operation, record=None):
        """Return an explanation as JSON values.

        :return: ``allowed``, ``layers`` and, where something denies, ``ask``: what an
            administrator could do
        """
        layers = self._access_layers(exchange, model, operation, record)
        result = {
            "allowed": all(layer.allowed for layer in layers),
            "layers": [layer.describe() for layer in layers],
        }
        if remedies := [layer.remedy for layer in layers if layer.remedy]:
            result["ask"] = " ".join(remedies)
        return result

    @api.model
    def _explained_model(self, name):
        """Return the empty recordset of a model, readable to the caller or not.

        Why something can't be read is what is to be explained, and Odoo tells everybody
        which groups may read it. What is out of bounds to all stays so.

        :raise ToolError: no such model
        """
        model = self.env.get(name)
        if model is None or model._abstract or is_fenced(name):
            # says what is wrong with the name
            return self.env["mcp.tool"]._target_model(name)
        return model

    # ------------------------------------------------------------
    # Layers
    # ------------------------------------------------------------

    @api.model
    def _tool_layer(self, exchange, operation):
        methods = _TOOL_METHODS[operation]
        available = self.env["mcp.tool"]._available(exchange)
        if names := [tool.name for tool in available if tool.method in methods]:
            reason = self.env._("You are offered: %s.", ", ".join(names))
            return AccessLayer("tools", allowed=True, reason=reason)
        # Which tools there are is no secret, hence sudo; only their names are told.
        tools = self.env["mcp.tool"].sudo().with_context(active_test=False)
        found = tools.search([("method", "in", methods)])
        if not found:
            reason = self.env._("No installed tool does this.")
            return AccessLayer("tools", allowed=False, reason=reason)
        names = ", ".join(found.mapped("name"))
        own = self.env.user.all_group_ids
        active = found.filtered("active")
        if not active:
            reason = self.env._("Switched off by an administrator: %s.", names)
            remedy = self.env._("Activate a tool: %s.", names)
        elif not active.filtered(lambda t: not t.group_ids or t.group_ids & own):
            groups = self._named(active.group_ids)
            reason = self.env._(
                "%(tools)s: only for %(groups)s.", tools=names, groups=groups
            )
            remedy = self.env._("Add you to one of these groups: %s.", groups)
        else:
            reason = self.env._("Not offered to you over this connection: %s.", names)
            remedy = self.env._("Check what this key or connection may do.")
        return AccessLayer("tools", allowed=False, reason=reason, remedy=remedy)

    @api.model
    def _right_layer(self, model, operation):
        # Who may do what is told by Odoo's own error, hence sudo on its records.
        rights = (
            self.env["ir.model.access"]
            .sudo()
            .search(
                [
                    ("model_id.model", "=", model._name),
                    (f"perm_{operation}", "=", True),
                ]
            )
        )
        granting = rights.group_id
        own = granting & self.env.user.all_group_ids
        # of the model as a whole: a model may refuse beyond its access rights
        if model.browse().has_access(operation):
            if own:
                reason = self.env._(
                    "Granted to you as a member of %s.", self._named(own)
                )
            else:
                reason = self.env._("Granted to everybody.")
            return AccessLayer("access_right", allowed=True, reason=reason)
        remedy = ""
        if own:
            reason = self.env._("The model itself refuses this to you.")
        elif granting:
            groups = self._named(granting)
            reason = self.env._("Granted only to members of %s.", groups)
            remedy = self.env._("Add you to one of these groups: %s.", groups)
        else:
            reason = self.env._("Granted to nobody: Odoo does this by itself.")
        return AccessLayer("access_right", allowed=False, reason=reason, remedy=remedy)

    @api.model
    def _rule_layer(self, model, operation, id_):
        """Hook: return what record rules say.

        An override may change under which conditions they are asked, or about which
        record, and calls ``super()``.

        :param id_: of a record, ``None`` to ask about the model
        :rtype: AccessLayer
        """
        rules = self.env["ir.rule"]
        if id_ is None or operation == "create":
            if rules._compute_domain(model._name, operation).is_true():
                reason = self.env._("No record rule limits you.")
            elif operation == "create":
                reason = self.env._("Record rules are applied to the new record.")
            else:
                reason = self.env._(
                    "Record rules limit you to some records: ask with the id of one."
                )
            return AccessLayer("record_rule", allowed=True, reason=reason)
        # A record that does not exist is treated like one that can't be seen.
        visible = model.with_context(active_test=False).search([("id", "=", id_)])
        if not visible:
            reason = self.env._(
                "There is no record %s, or a record rule hides it from you.", id_
            )
            deciding = rules._get_rules(model._name, mode="read")
        elif visible.has_access(operation):
            reason = self.env._("Allows this for record %s.", id_)
            return AccessLayer("record_rule", allowed=True, reason=reason)
        else:
            reason = self.env._("A record rule forbids this for record %s.", id_)
            deciding = rules._get_failing(visible, mode=operation)
        if deciding and self.env.user.has_group("base.group_system"):
            # the names are for those who manage the rules
            names = [rule.name or str(rule.id) for rule in deciding.sudo()[:_NAMES_MAX]]
            reason = self.env._(
                "%(reason)s Rules: %(names)s.", reason=reason, names=", ".join(names)
            )
        remedy = self.env._(
            "Check that record %(id)s of %(model)s exists, its company, "
            "and the record rules that apply to you.",
            id=id_,
            model=model._name,
        )
        return AccessLayer("record_rule", allowed=False, reason=reason, remedy=remedy)

    @api.model
    def _field_layer(self, model, operation):
        mode = "read" if operation == "read" else "write"
        hidden = sorted(
            name
            for name, field in model._fields.items()
            if not model._has_field_access(field, mode)
        )
        if not hidden:
            reason = self.env._("No field is closed to you.")
        elif self.env.user.has_group("base.group_system"):
            reason = self.env._(
                "%(count)s fields are closed to you, among them: %(names)s.",
                count=len(hidden),
                names=", ".join(hidden[:_NAMES_MAX]),
            )
        else:
            reason = self.env._("%s fields are closed to you.", len(hidden))
        return AccessLayer("fields", allowed=True, reason=reason)

    @api.model
    def _named(self, groups):
        """Return the names of some groups, which everybody may read: hence sudo."""
        names = groups.sudo()[:_NAMES_MAX].mapped("full_name")
        return ", ".join(f"“{name}”" for name in names)
