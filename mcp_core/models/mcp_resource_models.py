"""Resources about models: which there are, their fields, and access to them."""

from odoo import api, models
from odoo.exceptions import AccessError

from ..decorators import completion_method, resource_method
from ..exceptions import ToolError
from .mcp_access import OPERATIONS

#: What is told of a field where it says something: members of ``fields_get``.
_ATTRIBUTES = (
    "type",
    "string",
    "relation",
    "required",
    "readonly",
    "selection",
    "currency_field",
    "company_dependent",
    "store",
    "searchable",
)
#: What goes without saying.
_USUAL = {"store": True, "searchable": True}


class McpResource(models.Model):
    _inherit = "mcp.resource"

    @api.model
    @resource_method
    def _resource_models(self, exchange, uri):
        """List the models that the caller may read, and what else may be done."""
        tools = self.env["mcp.tool"]
        labels = tools._labels(tools._target_names())
        return self._json(
            {
                "models": [
                    {
                        "model": name,
                        "label": labels[name],
                        "operations": tools._operations(self.env[name]),
                    }
                    for name in sorted(labels)
                ]
            }
        )

    @api.model
    @resource_method
    def _resource_model_schema(self, exchange, uri, model):
        """Describe all fields of a model that the caller may see."""
        target = self._readable_model(model)
        if target is None:
            return None
        tools = self.env["mcp.tool"]
        labels = tools._labels([target._name])
        return self._json(
            {
                "model": target._name,
                "label": labels.get(target._name, target._description),
                "operations": tools._operations(target),
                "order": target._order,
                "fields": {
                    name: self._described_attributes(attributes)
                    for name, attributes in sorted(self._fields_of(target).items())
                },
            }
        )

    @api.model
    @resource_method
    def _resource_model_access(self, exchange, uri, model):
        """Explain what the caller may do with the records of a model, and why."""
        access = self.env["mcp.access"]
        try:
            target = access._explained_model(model)
        except ToolError:
            return None
        return self._json(
            {
                "model": target._name,
                "operations": {
                    operation: access._explained(exchange, target, operation)
                    for operation in OPERATIONS
                },
            }
        )

    @api.model
    @completion_method
    def _complete_model(self, exchange, name, value, chosen):
        """Propose models by technical name or label, as list_models finds them."""
        if not value:
            return self.env["mcp.tool"]._target_names()
        typed = value.lower()
        labels = self.env["mcp.tool"]._labels(self.env["mcp.tool"]._target_names())
        found = [
            model
            for model, label in labels.items()
            if typed in model or typed in label.lower()
        ]
        return sorted(found, key=lambda model: (not model.startswith(typed), model))

    @api.model
    def _readable_model(self, name):
        """Return the empty recordset of a model, ``None`` where there is none.

        :param name: from the client, of any type
        """
        if not isinstance(name, str):
            return None
        try:
            return self.env["mcp.tool"]._target_model(name)
        except ToolError:
            return None

    @api.model
    def _fields_of(self, model):
        try:
            return model.fields_get(attributes=_ATTRIBUTES)
        except AccessError:
            # the values of some selection are records that the caller may not see
            rest = [name for name in _ATTRIBUTES if name != "selection"]
            return model.fields_get(attributes=rest)

    @api.model
    def _described_attributes(self, attributes):
        """Return the members of ``fields_get`` that tell something."""
        described = {"type": attributes["type"], "label": attributes["string"]}
        for name in _ATTRIBUTES[2:]:
            value = attributes.get(name)
            usual = _USUAL.get(name, False)
            if name in attributes and value != usual:
                described[name] = dict(value) if name == "selection" else value
        return described
