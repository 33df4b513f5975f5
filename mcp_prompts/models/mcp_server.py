"""Server features, "Prompts": listing them, getting one, completing its arguments."""

from odoo import api, models

from odoo.addons.mcp_core.decorators import protocol_method
from odoo.addons.mcp_core.protocol.errors import InvalidParams, quote


class McpServer(models.AbstractModel):
    _inherit = "mcp.server"

    @api.model
    def _get_capabilities(self, exchange):
        return {**super()._get_capabilities(exchange), "prompts": {}}

    @protocol_method("prompts/list", only_reads=True)
    def _prompts_list(self, exchange, params):
        """Server features, "Prompts"."""
        prompts = self.env["mcp.prompt"]._available(exchange)
        return self._page(exchange, "prompts", prompts, params)

    @protocol_method("prompts/get")
    def _prompts_get(self, exchange, params):
        """Server features, "Prompts"."""
        arguments = params.get("arguments", {})
        prompt = self._prompt(exchange, params.get("name"))
        if not isinstance(arguments, dict):
            raise InvalidParams("prompts/get takes arguments as an object.")
        return self._with_input(
            exchange,
            [prompt.name, arguments],
            lambda: self._prompt_result(exchange, prompt, arguments),
        )

    @api.model
    def _prompt_result(self, exchange, prompt, arguments):
        result = {
            "messages": self.env["mcp.prompt"]._messages(exchange, prompt, arguments)
        }
        if prompt.description:
            result["description"] = prompt.description
        return result

    @api.model
    def _prompt(self, exchange, name):
        prompt = self.env["mcp.prompt"]._named(exchange, name)
        if prompt is None:
            raise InvalidParams(f"Unknown prompt: {quote(name)}.")
        return prompt

    def _complete_reference(self, exchange, reference, name, value, chosen):
        if reference.get("type") != "ref/prompt":
            return super()._complete_reference(exchange, reference, name, value, chosen)
        prompt = self._prompt(exchange, reference.get("name"))
        if prompt.argument(name) is None:
            raise InvalidParams(f"The prompt has no argument {quote(name)}.")
        return self.env["mcp.prompt"]._proposed(exchange, prompt, name, value, chosen)
