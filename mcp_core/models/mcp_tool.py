"""Tools: records that administrators manage, run by marked methods.

How a tool is described and what makes a good record. ``mcp_tool_calls.py`` offers and
runs them, ``mcp_tool_targets.py`` and ``mcp_tool_domains.py`` guard what they may be
pointed at, and the files after those hold what each of them does.
"""

import inspect
import itertools
import re

from odoo import api, fields, models
from odoo.exceptions import ValidationError
from odoo.tools import frozendict, ormcache

from ..decorators import TOOL_METHOD, marked
from ..protocol import schema
from ..protocol.tool import Tool

_NAME = re.compile(r"[A-Za-z0-9_.-]{1,64}")
#: What is kept of a copied tool's name, so that "_copy" and a number fit behind it.
_COPIED_NAME_MAX = 54


class McpTool(models.Model):
    _name = "mcp.tool"
    _inherit = "mcp.offer"
    _description = "MCP Tool"

    name = fields.Char(
        required=True,
        help="The name that clients call the tool by: letters, digits, '_', '-', '.'.",
    )
    title = fields.Char(required=True)
    description = fields.Text(
        required=True,
        help="Read by the model: when to use the tool, and what it answers.",
    )
    category = fields.Selection(
        [
            ("discovery", "Finding the Way"),
            ("records", "Reading Records"),
            ("changes", "Changing Records"),
        ],
        required=True,
        default="records",
    )
    method = fields.Selection(
        selection="_selection_method",
        help="The method that does the work. Only methods made for tools can be run.",
    )
    server_action_id = fields.Many2one(
        "ir.actions.server",
        domain=[("state", "=", "code")],
        ondelete="cascade",
        groups="base.group_system",
        help="Does the work instead of a method, with the caller's rights. Its code "
        "finds the arguments in the dictionary “arguments” and leaves what the model "
        "reads in the dictionary “result”.",
    )
    input_schema = fields.Text(
        required=True,
        default='{"type": "object", "properties": {}, "additionalProperties": false}',
        help="JSON Schema (2020-12) of the arguments.",
    )
    output_schema = fields.Text(help="JSON Schema (2020-12) of the structured result.")
    read_only = fields.Boolean(
        "Read-only",
        help="The tool changes nothing: the database itself holds it to that.",
    )
    destructive = fields.Boolean(
        default=True, help="The tool may delete or overwrite something."
    )
    idempotent = fields.Boolean(
        help="Calling it again with the same arguments changes nothing more."
    )
    open_world = fields.Boolean(
        help="The tool reaches beyond this database, for example by sending mail."
    )
    _name_unique = models.Constraint(
        "UNIQUE (name)", "Another tool has this name already."
    )

    @api.model
    @ormcache()
    def _tool_methods(self):
        """Return {name: whether it is interactive} of the methods that tools run."""
        return frozendict(marked(type(self), TOOL_METHOD))

    @api.model
    def _selection_method(self):
        return [
            (name, name.removeprefix("_tool_")) for name in sorted(self._tool_methods())
        ]

    @api.constrains("name")
    def _check_name(self):
        for tool in self:
            if not _NAME.fullmatch(tool.name):
                raise ValidationError(
                    self.env._(
                        "“%s” can't name a tool: use up to 64 letters, digits and "
                        "the characters _ - . without spaces.",
                        tool.name,
                    )
                )

    @api.constrains("method", "server_action_id", "input_schema", "output_schema")
    def _check_definition(self):
        for tool in self:
            # sudo: who may not choose a server action may still save the tool
            if bool(tool.method) == bool(tool.sudo().server_action_id):
                raise ValidationError(
                    self.env._(
                        "“%s” needs a method or a server action, and not both.",
                        tool.name,
                    )
                )
            # a dynamic selection is not checked by the field itself
            if tool.method and tool.method not in self._tool_methods():
                raise ValidationError(
                    self.env._("“%s” is not a method that tools may run.", tool.method)
                )
            for name in ("input_schema", "output_schema"):
                if not tool[name]:
                    continue
                try:
                    schema.validator(tool[name])
                except schema.InvalidSchema as error:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of “%(tool)s”: %(reason)s.",
                            field=self._fields[name].get_description(
                                self.env, ["string"]
                            )["string"],
                            tool=tool.name,
                            reason=error,
                        )
                    ) from error
            tool._check_signature()

    def _check_signature(self):
        """Refuse a schema that admits arguments which the method does not take."""
        document = schema.validator(self.input_schema).schema
        parameters = {}
        if self.method:
            signature = inspect.signature(getattr(type(self), self.method))
            # self and exchange are not the client's to give
            parameters = dict(list(signature.parameters.items())[2:])
        kinds = {parameter.kind for parameter in parameters.values()}
        # the context is taken out before the method is called
        properties = set(document.get("properties", {})) - {"context"}
        # a server action takes whatever its author lets in, but no more than that
        takes_any = not self.method or inspect.Parameter.VAR_KEYWORD in kinds
        unknown = [] if takes_any else sorted(properties - set(parameters))
        required = [
            name
            for name, parameter in parameters.items()
            if parameter.default is parameter.empty
            and parameter.kind
            in (parameter.KEYWORD_ONLY, parameter.POSITIONAL_OR_KEYWORD)
            and name not in document.get("required", [])
        ]
        closed = (
            inspect.Parameter.VAR_KEYWORD in kinds
            or document.get("additionalProperties") is False
        )
        reasons = []
        if required:
            names = ", ".join(required)
            reasons.append(self.env._("it has to require %s", names))
        if unknown:
            names = ", ".join(unknown)
            reasons.append(self.env._("the method does not take %s", names))
        if not closed:
            reasons.append(self.env._("it needs “additionalProperties”: false"))
        if reasons:
            raise ValidationError(
                self.env._(
                    "The input schema of “%(tool)s” doesn't fit its method: "
                    "%(reasons)s.",
                    tool=self.name,
                    reasons="; ".join(reasons),
                )
            )

    def _described(self):
        return Tool(
            name=self.name,
            title=self.title,
            description=self.description,
            method=self.method or "",
            server_action=self.server_action_id.id or 0,
            confirmation=self.confirmation,
            input_schema=schema.compact(self.input_schema),
            output_schema=schema.compact(self.output_schema or ""),
            read_only=self.read_only,
            destructive=self.destructive and not self.read_only,
            idempotent=self.idempotent or self.read_only,
            open_world=self.open_world,
            interactive=self.confirmation != "never"
            or self._tool_methods().get(self.method, False),
        )

    @api.model
    def _available(self, exchange):
        tools = super()._available(exchange)
        if exchange.principal and exchange.principal.read_only:
            return [tool for tool in tools if tool.read_only]
        return tools

    def unlink(self):
        self._unlink_with(self)
        return super().unlink()

    def copy_data(self, default=None):
        action = self._fields["server_action_id"]
        if not self._has_field_access(action, "read"):
            # not theirs to give to another tool, and no reason to refuse those without
            default = {action.name: False, **(default or {})}
        vals_list = super().copy_data(default)
        for vals in vals_list:
            if not vals.get(action.name):
                vals.pop(action.name, None)
        if "name" in (default or {}):
            return vals_list
        tools = self.with_context(active_test=False)
        taken = set(tools.search([("name", "like", "_copy")]).mapped("name"))
        for vals in vals_list:
            # not a translated text: the name is what clients call
            stem = f"{vals['name'][:_COPIED_NAME_MAX]}_copy"
            numbered = (f"{stem}{number}" for number in itertools.count(2))
            vals["name"] = next(
                name for name in itertools.chain([stem], numbered) if name not in taken
            )
            taken.add(vals["name"])
            vals["title"] = self.env._("%s (copy)", vals["title"])
        return vals_list
