"""The tool that calls a method of a model: the buttons of Odoo's screens."""

import inspect

import orjson

from odoo import api, models
from odoo.exceptions import AccessError
from odoo.service.model import get_public_method

from ..decorators import tool_method
from ..exceptions import ToolError
from ..fences import has_placeholder, is_fenced_method
from ..protocol.errors import quote
from ..record_reader import named
from .mcp_tool_windows import active

#: How many records a result names.
_NAMED_MAX = 100
#: What methods fail with that were written for other arguments than they are given.
_OF_ARGUMENTS = (
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
#: Every model inherits them; they are for those with a field like ``active``.
_OF_ARCHIVING = frozenset({"action_archive", "action_unarchive", "toggle_active"})
#: What models try by the name of the ORM's method.
_TOOLS_INSTEAD = {
    "create": "create",
    "default_get": "default_get",
    "fields_get": "describe_model",
    "formatted_read_group": "aggregate",
    "name_create": "create",
    "name_search": "name_search",
    "read": "read",
    "read_group": "aggregate",
    "search": "search",
    "search_count": "count",
    "search_read": "search",
    "unlink": "unlink",
    "web_save": "write",
    "write": "write",
}


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_method_call(
        self,
        exchange,
        model,
        method,
        ids=(),
        arguments=None,
        handle="",
        dry_run=False,
        idempotency_key="",
    ):
        """Call a public method of a model, as pressing a button does.

        A method that returns nothing is done, and one that opens a window is done too:
        the answer tells what it opened and how to go on.

        :param dict arguments: by keyword
        :param str handle: from the answer that opened this wizard
        :return: ``done`` (true), and what came of it; or what it would do
        """
        target = self._handled(self._target_model(model), handle)
        if target._transient and not handle:
            raise ToolError(
                self.env._(
                    "The button of a wizard needs the handle that it was created with: "
                    "without it, it would do nothing and say so to nobody."
                )
            )
        function = self._callable(target, method)
        records = target
        if getattr(function, "_api_model", False):
            if ids:
                raise ToolError(
                    self.env._(
                        "%s is a method of the model, not of records: leave out ids.",
                        method,
                    )
                )
        else:
            if not ids:
                raise ToolError(
                    self.env._(
                        "%s works on records: give their ids. search finds them.",
                        method,
                    )
                )
            records = self._target_records(target, ids)
        arguments = arguments or {}
        self._check_arguments(function, method, arguments)
        if self._is_rendered(target) and has_placeholder(arguments):
            raise ToolError(
                self.env._("Placeholders of templates can't be given to a method.")
            )

        def call():
            returned = self._change(
                records,
                "call",
                lambda: self._called(function, method, records, arguments),
            )
            # the record whose button it was, as Odoo's client tells windows
            return self.with_context(**active(records))._outcome(returned)

        if dry_run:
            return self._tried(records, call)
        return self.env["mcp.idempotency.key"]._once(
            idempotency_key,
            ["method_call", model, method, list(ids), arguments, handle],
            call,
        )

    @api.model
    def _called(self, function, name, records, arguments):
        """Call a method, and tell what its own errors say of its arguments.

        :param function: the method *name*
        :raise ToolError: the arguments are of a kind that it does not expect
        """
        try:
            return function(records, **arguments)
        except _OF_ARGUMENTS as error:
            if len(records) > 1 and str(error).startswith("Expected singleton"):
                raise ToolError(
                    self.env._(
                        "Nothing was done: %s works on one record. Call it once for "
                        "each id.",
                        name,
                    )
                ) from error
            if not arguments:
                raise
            raise ToolError(
                self.env._(
                    "%(method)s can't work with these arguments (%(kind)s). It "
                    "changed nothing.",
                    method=name,
                    kind=type(error).__name__,
                )
            ) from error

    @api.model
    def _tried(self, records, call):
        """Return what *call* would change, and what it would have answered."""
        answers = []

        def run():
            answers.append(call())

        preview = self._previewed(records, run)
        answer = answers[-1]
        if opened := answer.get("opened"):
            # what it stands for was undone
            opened.pop("handle", None)
            opened.pop("next", None)
        return preview | {key: val for key, val in answer.items() if key != "done"}

    # ------------------------------------------------------------
    # Which method
    # ------------------------------------------------------------

    @api.model
    def _is_callable(self, model, name):
        """Hook: return whether clients may call the public method *name* of a model.

        An override narrows this: it returns false, or what ``super()`` returns.
        """
        if is_fenced_method(model._name, name):
            return False
        if name in _OF_ARCHIVING and not model._active_name:
            return False
        try:
            return get_public_method(model, name) is not None
        except (AccessError, AttributeError):
            return False

    @api.model
    def _callable(self, model, name):
        """Return the method *name* of *model*, as a function.

        :raise ToolError: there is none that clients may call
        """
        if self._is_callable(model, name):
            return get_public_method(model, name)
        if tool := _TOOLS_INSTEAD.get(name):
            raise ToolError(
                self.env._(
                    "%(method)s can't be called: use the tool %(tool)s.",
                    method=name,
                    tool=tool,
                )
            )
        candidates = [
            other
            for other in dir(type(model))
            if not other.startswith("_")
            and callable(getattr(type(model), other, None))
            and self._is_callable(model, other)
        ]
        raise ToolError(
            self.env._(
                "%(model)s has no method %(method)s that may be called.%(near)s "
                "list_actions tells which buttons a record has.",
                model=model._name,
                method=quote(name),
                near=self._near(name, candidates),
            )
        )

    @api.model
    def _check_arguments(self, function, name, arguments):
        """Compare the arguments with the signature of a method.

        :raise ToolError: it does not take these arguments
        """
        try:
            signature = inspect.signature(function)
            signature.bind(None, **arguments)
        except (TypeError, ValueError) as error:
            takes = [
                str(parameter).partition("=")[0].partition(":")[0]
                for parameter in list(signature.parameters.values())[1:]
            ]
            raise ToolError(
                self.env._(
                    "%(method)s does not take these arguments (%(reason)s). It takes: "
                    "%(takes)s.",
                    method=name,
                    reason=quote(str(error)),
                    takes=", ".join(takes) or self.env._("none"),
                )
            ) from error

    # ------------------------------------------------------------
    # What came of it
    # ------------------------------------------------------------

    @api.model
    def _outcome(self, value):
        """Return the result of a method as the members of an answer."""
        if isinstance(value, models.BaseModel):
            return {"done": True, **self._outcome_records(value)}
        if isinstance(value, dict) and str(value.get("type", "")).startswith(
            "ir.actions."
        ):
            return {"done": True, **self._opened(value)}
        if value is None or value is True:
            return {"done": True}
        try:
            size = len(orjson.dumps(value))
        except TypeError:
            # records in a list, functions, what no client could read anyway
            return {"done": True}
        budget = self.env["mcp.server"]._setting("answer_bytes")
        if size > budget:
            return {
                "done": True,
                "message": self.env._("The result has more than %s bytes.", budget),
            }
        return {"done": True, "result": {"value": value}}

    @api.model
    def _outcome_records(self, records):
        visible = records.exists()._filtered_access("read")
        return {
            "model": records._name,
            "records": [named(record) for record in visible[:_NAMED_MAX]],
        }
