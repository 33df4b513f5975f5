"""Seeing what a client would get: values in, messages out, as they are typed."""

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

from odoo.addons.mcp_core.exchange import Exchange
from odoo.addons.mcp_core.protocol.errors import ProtocolError


class McpPromptPreview(models.TransientModel):
    _name = "mcp.prompt.preview"
    _description = "Preview of an MCP Prompt"

    prompt_id = fields.Many2one("mcp.prompt", required=True, ondelete="cascade")
    value_ids = fields.One2many("mcp.prompt.preview.value", "preview_id")
    message_ids = fields.One2many(
        "mcp.prompt.preview.message", "preview_id", compute="_compute_messages"
    )
    problem = fields.Text(compute="_compute_messages")

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        prompt = self.env["mcp.prompt"].browse(values.get("prompt_id"))
        values["value_ids"] = [
            Command.create({"argument_id": argument.id})
            for argument in prompt.argument_ids
        ]
        return values

    @api.constrains("prompt_id")
    def _check_prompt(self):
        # a relation shows the name of what it leads to, whoever may read that; and
        # Odoo checks constraints as the superuser
        self.sudo(False).prompt_id.check_access("read")

    @api.depends("prompt_id", "value_ids.value")
    def _compute_messages(self):
        for preview in self:
            preview.problem = False
            commands = [Command.clear()]
            try:
                messages = preview._messages()
            except (ProtocolError, UserError) as error:
                preview.problem = str(error)
                messages = []
            for message in messages:
                block = message["content"]
                text = block.get("text") or block.get("resource", {}).get("text")
                commands.append(
                    Command.create(
                        {
                            "role": message["role"],
                            "resource": block.get("resource", {}).get("uri"),
                            "text": text or self.env._("(no text: %s)", block["type"]),
                        }
                    )
                )
            preview.message_ids = commands

    def _messages(self):
        """Return the messages that a client of the current user would get."""
        arguments = {
            line.argument_id.name: line.value for line in self.value_ids if line.value
        }
        env = self.env["mcp.server"]._client_env()
        exchange = Exchange.on_screen(
            self.env.uid, "prompts/get", {"name": self.prompt_id.name}
        )
        described = self.prompt_id.with_env(env)._described()
        return env["mcp.prompt"]._messages(exchange, described, arguments)


class McpPromptPreviewValue(models.TransientModel):
    _name = "mcp.prompt.preview.value"
    _description = "Value in the Preview of an MCP Prompt"

    preview_id = fields.Many2one("mcp.prompt.preview", ondelete="cascade")
    argument_id = fields.Many2one(
        "mcp.prompt.argument", required=True, ondelete="cascade"
    )
    name = fields.Char(related="argument_id.name", related_sudo=False)
    kind = fields.Selection(related="argument_id.kind", related_sudo=False)
    required = fields.Boolean(related="argument_id.required", related_sudo=False)
    description = fields.Char(related="argument_id.description", related_sudo=False)
    value = fields.Char()

    @api.constrains("argument_id")
    def _check_argument(self):
        self.sudo(False).argument_id.check_access("read")


class McpPromptPreviewMessage(models.TransientModel):
    _name = "mcp.prompt.preview.message"
    _description = "Message in the Preview of an MCP Prompt"

    preview_id = fields.Many2one("mcp.prompt.preview", ondelete="cascade")
    role = fields.Selection([("user", "User"), ("assistant", "Assistant")])
    resource = fields.Char()
    text = fields.Text()
