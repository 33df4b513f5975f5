"""The suite's tools, by the extension points that any addon has."""

import base64
import time

from odoo import api, models

from odoo.addons.mcp_core.conversation import InputRequest
from odoo.addons.mcp_core.decorators import tool_method
from odoo.addons.mcp_core.exceptions import ToolError
from odoo.addons.mcp_core.protocol import content
from odoo.addons.mcp_core.protocol.resource import contents

#: One red pixel.
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0g"
    "AAAABJRU5ErkJggg=="
)
#: A header and no sample.
WAV = (
    b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x40\x1f\0\0\x80\x3e\0\0\x02\0\x10\0"
    b"data\0\0\0\0"
)
_PAUSE = 0.05


def _form(**properties):
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
    }


_NAME = InputRequest.elicitation("What is your name?", _form(name={"type": "string"}))
_CONFIRM = InputRequest.elicitation("Please confirm", _form(ok={"type": "boolean"}))


def _says(text):
    return [{"role": "user", "content": {"type": "text", "text": text}}]


class McpTool(models.Model):
    _inherit = "mcp.tool"

    # Content

    @api.model
    @tool_method
    def _tool_test_simple_text(self, exchange):
        return "This is a simple text response for testing."

    @api.model
    @tool_method
    def _tool_test_image_content(self, exchange):
        return content.Blocks([content.image(PNG, "image/png")])

    @api.model
    @tool_method
    def _tool_test_audio_content(self, exchange):
        return content.Blocks([content.audio(WAV, "audio/wav")])

    @api.model
    @tool_method
    def _tool_test_embedded_resource(self, exchange):
        text = "This is an embedded resource content."
        embedded = contents("test://embedded-resource", text, "text/plain")
        return content.Blocks([content.embedded_resource(embedded)])

    @api.model
    @tool_method
    def _tool_test_multiple_content_types(self, exchange):
        data = '{"test":"data","value":123}'
        embedded = contents("test://mixed-content-resource", data, "application/json")
        return content.Blocks(
            [
                content.text("Multiple content types test:"),
                content.image(PNG, "image/png"),
                content.embedded_resource(embedded),
            ]
        )

    @api.model
    @tool_method
    def _tool_test_error_handling(self, exchange):
        raise ToolError("This tool intentionally returns an error for testing")

    @api.model
    @tool_method
    def _tool_json_schema_2020_12_tool(self, exchange, **arguments):
        return f"Called with {sorted(arguments)}"

    @api.model
    @tool_method
    def _tool_test_header_parameter(self, exchange, region):
        return f"Region {region}"

    # While it runs

    @api.model
    @tool_method(interactive=True)
    def _tool_test_tool_with_logging(self, exchange):
        exchange.log("info", "Tool execution started")
        time.sleep(_PAUSE)
        exchange.log("info", "Tool processing data")
        time.sleep(_PAUSE)
        exchange.log("info", "Tool execution completed")
        return "Logged three messages"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_logging_tool(self, exchange):
        exchange.log("info", "The client wanted to be told")
        return "Logged what was wanted"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_tool_with_progress(self, exchange):
        for done in (0, 50, 100):
            exchange.progress(done, 100)
            time.sleep(_PAUSE)
        return "Progress reported"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_slow_change(self, exchange, mark):
        """Not of the suite: takes seconds, then leaves a trace."""
        steps = 80
        for step in range(steps):
            exchange.progress(step, steps)
            time.sleep(_PAUSE)
        self.env["res.partner"].create({"name": mark})
        return "Changed"

    # Asking the client

    @api.model
    @tool_method(interactive=True)
    def _tool_test_sampling(self, exchange, prompt):
        answer = exchange.sample(_says(prompt), 100)
        return f"LLM response: {answer['content'].get('text', '')}"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_elicitation(self, exchange, message):
        answer = exchange.elicit(
            message,
            _form(
                username={"type": "string", "description": "User's response"},
                email={"type": "string", "description": "User's email address"},
            ),
        )
        return f"User response: {answer['action']} {answer.get('content')}"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_elicitation_defaults(self, exchange):
        answer = exchange.elicit(
            "Test client default value handling",
            {
                "type": "object",
                "properties": {
                    "name": {"type": "string", "default": "John Doe"},
                    "age": {"type": "integer", "default": 30},
                    "score": {"type": "number", "default": 95.5},
                    "status": {
                        "type": "string",
                        "enum": ["active", "inactive", "pending"],
                        "default": "active",
                    },
                    "verified": {"type": "boolean", "default": True},
                },
                "required": [],
            },
        )
        return f"Elicitation completed: {answer['action']} {answer.get('content')}"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_elicitation_enums(self, exchange):
        plain = ["option1", "option2", "option3"]
        titled = [
            {"const": "value1", "title": "First Option"},
            {"const": "value2", "title": "Second Option"},
            {"const": "value3", "title": "Third Option"},
        ]
        answer = exchange.elicit(
            "Choose in every way there is",
            {
                "type": "object",
                "properties": {
                    "untitledSingle": {"type": "string", "enum": plain},
                    "titledSingle": {"type": "string", "oneOf": titled},
                    "legacyEnum": {
                        "type": "string",
                        "enum": ["opt1", "opt2", "opt3"],
                        "enumNames": ["Option One", "Option Two", "Option Three"],
                    },
                    "untitledMulti": {
                        "type": "array",
                        "items": {"type": "string", "enum": plain},
                    },
                    "titledMulti": {"type": "array", "items": {"anyOf": titled}},
                },
                "required": [],
            },
        )
        return f"Elicitation completed: {answer['action']} {answer.get('content')}"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_missing_capability(self, exchange):
        exchange.sample(_says("Anything"), 10)
        return "The client can sample"

    @api.model
    @tool_method(interactive=True)
    def _tool_test_streaming_elicitation(self, exchange):
        exchange.progress(1, 2)
        answers = exchange.ask({"user_name": _NAME})
        return f"Hello, {answers['user_name']['content']['name']}!"

    @api.model
    @tool_method
    def _tool_test_ask_name(self, exchange):
        answers = exchange.ask({"user_name": _NAME})
        return f"Hello, {answers['user_name'].get('content', {}).get('name')}!"

    @api.model
    @tool_method
    def _tool_test_ask_model(self, exchange):
        question = InputRequest.sampling(_says("What is the capital of France?"), 100)
        answer = exchange.ask({"capital_question": question})["capital_question"]
        return answer.get("content", {}).get("text", "")

    @api.model
    @tool_method
    def _tool_test_ask_roots(self, exchange):
        roots = exchange.ask({"client_roots": InputRequest.roots()})["client_roots"]
        return f"Roots: {[root['uri'] for root in roots.get('roots', [])]}"

    @api.model
    @tool_method
    def _tool_test_ask_confirmation(self, exchange):
        exchange.ask({"confirm": _CONFIRM})
        return "state-ok"

    @api.model
    @tool_method
    def _tool_test_ask_everything(self, exchange):
        exchange.ask(
            {
                "user_name": _NAME,
                "greeting": InputRequest.sampling(_says("Generate a greeting"), 50),
                "client_roots": InputRequest.roots(),
            }
        )
        return "All three answered"

    @api.model
    @tool_method
    def _tool_test_ask_in_rounds(self, exchange):
        name = InputRequest.elicitation(
            "Step 1: What is your name?", _form(name={"type": "string"})
        )
        color = InputRequest.elicitation(
            "Step 2: What is your favorite color?", _form(color={"type": "string"})
        )
        exchange.ask({"step1": name})
        exchange.ask({"step2": color})
        return "Both steps answered"

    @api.model
    @tool_method
    def _tool_test_ask_what_is_supported(self, exchange):
        possible = {
            "user_name": _NAME,
            "greeting": InputRequest.sampling(_says("Generate a greeting"), 50),
        }
        questions = {
            key: question
            for key, question in possible.items()
            if exchange.can_ask(question.capability)
        }
        exchange.ask(questions)
        return f"Answered: {sorted(questions)}"
