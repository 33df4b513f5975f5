"""Prompts: records offered to clients, made by marked methods."""

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import frozendict, ormcache

from odoo.addons.mcp_core.decorators import marked

from ..prompt import Argument, Prompt


class McpPrompt(models.Model):
    _name = "mcp.prompt"
    _inherit = "mcp.offer"
    _description = "MCP Prompt"

    name = fields.Char(required=True, help="The name that clients ask for it by.")
    method = fields.Selection(
        selection="_selection_method",
        required=True,
        help="The method that makes it. Only methods made for prompts can be chosen.",
    )
    completion = fields.Selection(
        selection="_selection_completion",
        help="The method that proposes values for the arguments.",
    )
    argument_ids = fields.One2many("mcp.prompt.argument", "prompt_id")

    _name_unique = models.Constraint(
        "UNIQUE (name)", "Another prompt has this name already."
    )

    @api.model
    @ormcache()
    def _methods(self):
        """Return {marker: names} of the methods that records may name."""
        return frozendict(
            (marker, frozenset(marked(type(self), marker)))
            for marker in ("_mcp_prompt_method", "_mcp_completion_method")
        )

    @api.model
    def _selection_method(self):
        names = sorted(self._methods()["_mcp_prompt_method"])
        return [(name, name.removeprefix("_prompt_")) for name in names]

    @api.model
    def _selection_completion(self):
        names = sorted(self._methods()["_mcp_completion_method"])
        return [(name, name.removeprefix("_complete_")) for name in names]

    @api.constrains("method", "completion")
    def _check_methods(self):
        methods = self._methods()
        for prompt in self:
            # a dynamic selection is not checked by the field itself
            if prompt.method not in methods["_mcp_prompt_method"] or (
                prompt.completion
                and prompt.completion not in methods["_mcp_completion_method"]
            ):
                raise ValidationError(
                    self.env._(
                        "“%s” names a method that is not for prompts.", prompt.name
                    )
                )

    def _described(self):
        return Prompt(
            name=self.name,
            title=self.title or "",
            description=self.description or "",
            arguments=tuple(
                Argument(
                    name=argument.name,
                    title=argument.title or "",
                    description=argument.description or "",
                    required=argument.required,
                )
                for argument in self.argument_ids
            ),
            method=self.method,
            completion=self.completion or "",
        )

    @api.model
    def _named(self, exchange, name):
        """Return the prompt *name* if the caller is offered it, otherwise ``None``."""
        for prompt in self._available(exchange):
            if prompt.name == name:
                return prompt
        return None

    @api.model
    def _messages(self, exchange, prompt, arguments):
        """Return the messages of a prompt: {role, content} each.

        :param prompt: one of :meth:`_available`
        :param arguments: texts by name, as the prompt declares them
        """
        with self.env.cr.savepoint():
            return getattr(self, prompt.method)(exchange, **arguments)
