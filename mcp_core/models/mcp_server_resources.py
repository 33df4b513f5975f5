"""Server features, "Resources", and completion of their variables."""

from odoo import models

from ..decorators import protocol_method
from ..protocol.errors import InvalidParams
from ..protocol.revision import Era

#: The most values that one completion may have (utilities, "Completion").
COMPLETED_MAX = 100


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @protocol_method("resources/list", only_reads=True)
    def _resources_list(self, exchange, params):
        """Server features, "Resources"."""
        available = self.env["mcp.resource"]._available(exchange)
        fixed = [resource for resource in available if not resource.is_template]
        return self._page(exchange, "resources", fixed, params)

    @protocol_method("resources/templates/list", only_reads=True)
    def _resource_templates_list(self, exchange, params):
        """Server features, "Resources"."""
        available = self.env["mcp.resource"]._available(exchange)
        templates = [resource for resource in available if resource.is_template]
        return self._page(exchange, "resourceTemplates", templates, params)

    @protocol_method("resources/read", only_reads=True)
    def _resources_read(self, exchange, params):
        """Server features, "Resources"."""
        uri = self._uri(params)
        resources = self.env["mcp.resource"]
        return {
            "contents": resources._contents(exchange, uri),
            **self._list_hints(exchange),
        }

    @protocol_method("resources/subscribe", Era.LEGACY)
    def _resources_subscribe(self, exchange, params):
        """Accept a subscription to a resource that the caller may read.

        Nothing is sent for it: updates travel on a stream that the client opens with
        GET, and this server offers none (see the controller).
        """
        self.env["mcp.resource"]._matching(exchange, self._uri(params))
        return {}

    @protocol_method("resources/unsubscribe", Era.LEGACY)
    def _resources_unsubscribe(self, exchange, params):
        """Counterpart of :meth:`_resources_subscribe`."""
        self._uri(params)
        return {}

    @protocol_method("completion/complete", only_reads=True)
    def _complete(self, exchange, params):
        """Utilities, "Completion"."""
        reference, argument = params.get("ref"), params.get("argument")
        context = params.get("context", {})
        if not isinstance(reference, dict) or not isinstance(argument, dict):
            raise InvalidParams("completion/complete needs ref and argument (objects).")
        chosen = context.get("arguments", {}) if isinstance(context, dict) else None
        if not isinstance(chosen, dict):
            raise InvalidParams("context.arguments must be an object.")
        name, value = argument.get("name"), argument.get("value")
        if not (isinstance(name, str) and isinstance(value, str)):
            raise InvalidParams("argument needs name and value (strings).")
        values = self._complete_reference(exchange, reference, name, value, chosen)
        shown = values[:COMPLETED_MAX]
        return {
            "completion": {
                "values": shown,
                "total": len(values),
                "hasMore": len(values) > len(shown),
            }
        }

    def _complete_reference(self, exchange, reference, name, value, chosen):
        """Hook: return the values proposed for a variable of *reference*.

        An override handles a further ``type`` of reference, or calls ``super()``.

        :param name: of the variable
        :param value: what was typed so far
        :param chosen: {name: value} of the variables that are chosen already
        :rtype: list[str]
        :raise InvalidParams: there is no such reference, or no such variable
        """
        if reference.get("type") != "ref/resource":
            raise InvalidParams("ref.type must be ref/resource.")
        return self.env["mcp.resource"]._completed(
            exchange, reference.get("uri"), name, value, chosen
        )

    def _uri(self, params):
        uri = params.get("uri")
        if not isinstance(uri, str):
            raise InvalidParams("This needs uri (string).")
        return uri
