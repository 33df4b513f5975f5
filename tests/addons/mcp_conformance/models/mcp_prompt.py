"""The suite's prompts, by the extension points that any addon has."""

from odoo import api, models

from odoo.addons.mcp_core.conversation import InputRequest
from odoo.addons.mcp_core.decorators import completion_method
from odoo.addons.mcp_core.protocol import content
from odoo.addons.mcp_core.protocol.resource import contents
from odoo.addons.mcp_prompts.prompt import message, prompt_method

from .mcp_tool import PNG


class McpPrompt(models.Model):
    _inherit = "mcp.prompt"

    @api.model
    @prompt_method
    def _prompt_test_simple(self, exchange):
        return [message("user", content.text("This is a simple prompt for testing."))]

    @api.model
    @prompt_method
    def _prompt_test_arguments(self, exchange, arg1, arg2):
        text = f"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'"
        return [message("user", content.text(text))]

    @api.model
    @completion_method
    def _complete_test_arguments(self, exchange, name, value, chosen):
        values = ("paris", "park", "party")
        return [proposed for proposed in values if proposed.startswith(value)]

    @api.model
    @prompt_method
    def _prompt_test_embedded_resource(self, exchange, resourceUri):
        text = "Embedded resource content for testing."
        embedded = contents(resourceUri, text, "text/plain")
        return [
            message("user", content.embedded_resource(embedded)),
            message("user", content.text("Please process the embedded resource.")),
        ]

    @api.model
    @prompt_method
    def _prompt_test_image(self, exchange):
        return [
            message("user", content.image(PNG, "image/png")),
            message("user", content.text("Please analyze the image above.")),
        ]

    @api.model
    @prompt_method
    def _prompt_test_ask(self, exchange):
        question = InputRequest.elicitation(
            "What context should the prompt use?",
            {
                "type": "object",
                "properties": {"context": {"type": "string"}},
                "required": ["context"],
            },
        )
        answer = exchange.ask({"user_context": question})["user_context"]
        text = f"Use this context: {answer.get('content', {}).get('context', '')}"
        return [message("user", content.text(text))]
