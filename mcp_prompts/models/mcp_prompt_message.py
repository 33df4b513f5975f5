"""The messages that a prompt is made of."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..prompt import Template
from ..template import TemplateError, names

#: Characters of one message.
_BODY_MAX = 20_000


class McpPromptMessage(models.Model):
    _name = "mcp.prompt.message"
    _inherit = ("mcp.remembered", "mcp.prompt.part")
    _description = "Message of an MCP Prompt"
    _order = "sequence, id"
    _rec_name = "role"

    prompt_id = fields.Many2one(
        "mcp.prompt", required=True, index=True, ondelete="cascade"
    )
    sequence = fields.Integer(default=10)
    role = fields.Selection(
        [("user", "User"), ("assistant", "Assistant")],
        required=True,
        default="user",
        help="Who says it: the person, or the model.",
    )
    body = fields.Text(
        "Text",
        translate=True,
        help="An argument in braces, {customer}, stands for its value. Write braces "
        "themselves twice: {{ and }}.",
    )
    embedded = fields.Selection(
        [("record", "A record"), ("resource", "A resource")],
        "Goes With It",
        help="What is read when the prompt is used, with the rights of whoever uses "
        "it, and sent along.",
    )
    record_argument = fields.Char(help="The argument that names the record to be read.")
    resource_uri = fields.Char(
        "Resource",
        help="The address, which may hold arguments: odoo://model/{model}/schema.",
    )

    @api.constrains("body", "embedded", "record_argument", "resource_uri")
    def _check_definition(self):
        for message in self:
            if not message.body and not message.embedded:
                raise ValidationError(self.env._("A message says nothing."))
            if len(message.body or "") > _BODY_MAX:
                raise ValidationError(
                    self.env._(
                        "A message has %(size)s characters; the limit is %(limit)s.",
                        size=len(message.body),
                        limit=_BODY_MAX,
                    )
                )
            if message.embedded == "resource" and not message.resource_uri:
                raise ValidationError(
                    self.env._("Which resource goes with the message?")
                )

    def _placeholders(self):
        """Return the names of the arguments that the message needs.

        :raise ValidationError: a text is no template
        """
        self.ensure_one()
        found = set()
        texts = [self.body, self.resource_uri if self.embedded == "resource" else ""]
        for text in texts:
            try:
                found |= names(text or "")
            except TemplateError as error:
                raise ValidationError(
                    self.env._(
                        "“%(text)s” makes no sense here. Write {name} with the name "
                        "of an argument, and braces themselves twice: {{ and }}.",
                        text=(text or "")[error.position : error.position + 30],
                    )
                ) from error
        if self.embedded == "record" and self.record_argument:
            found.add(self.record_argument)
        return found

    def _described(self):
        """Return the :class:`Template` that the record stands for."""
        resource = ""
        if self.embedded == "resource":
            resource = self.resource_uri
        elif argument := self.embedded == "record" and self._record_argument():
            resource = f"odoo://record/{argument.model}/{{{argument.name}}}"
        return Template(self.role, self.body or "", resource)

    def _record_argument(self):
        """Return the argument that names the record, empty where there is none."""
        return self.prompt_id.argument_ids.filtered(
            lambda argument: (
                argument.name == self.record_argument and argument.kind == "record"
            )
        )[:1]
