"""Filling in prompts: what a client sends for the arguments, and what comes of it."""

from datetime import date, timedelta
from urllib.parse import quote as percent_encoded

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import date_utils

from odoo.addons.mcp_core.decorators import COMPLETION_METHOD
from odoo.addons.mcp_core.protocol import content
from odoo.addons.mcp_core.protocol.errors import InvalidParams, ResourceNotFound, quote
from odoo.addons.mcp_core.record_finder import RecordFinder

from ..prompt import PROMPT_METHOD, message
from ..template import TemplateError, length, render
from ..template import names as _names

#: Characters that the messages of one prompt may have when they are filled in.
_RENDERED_MAX = 200_000
#: Characters of an address that is filled in.
_ADDRESS_MAX = 8_000
#: Characters of one value.
_VALUE_MAX = 20_000
#: How many records are proposed.
_PROPOSED_MAX = 20


class McpPrompt(models.Model):
    _inherit = "mcp.prompt"

    @api.model
    def _messages(self, exchange, prompt, arguments):
        """Return the messages of a prompt: {role, content} each.

        :param prompt: one of :meth:`_available`
        :param arguments: as sent by the client, texts by name
        :raise InvalidParams: one is missing, unknown or of the wrong kind, or it takes
            the database too long
        """
        # not within: what is undone forgets what a form that is not saved yet holds
        values = self._checked_arguments(prompt, arguments)
        if prompt.method and prompt.method not in self._marked(PROMPT_METHOD):
            raise InvalidParams("The method of this prompt is not installed any more.")
        with self._reading():
            if prompt.method:
                return getattr(self, prompt.method)(exchange, **arguments)
            try:
                return self._filled_in(exchange, prompt, values)
            except TemplateError as error:
                # saving refuses that; a file of translations that is loaded does not
                raise InvalidParams(
                    "The messages of this prompt are not written properly. Its form "
                    "in Odoo says what is wrong when it is saved."
                ) from error

    @api.model
    def _filled_in(self, exchange, prompt, values):
        """Return the messages that the templates become.

        :param values: {name: (text, text within an address)}
        """
        texts = {name: text for name, (text, _address) in values.items()}
        addresses = {name: address for name, (_text, address) in values.items()}
        # before anything is filled in: a value may stand in thousands of places
        size = sum(length(template.text, texts) for template in prompt.templates)
        if size > _RENDERED_MAX:
            raise InvalidParams(
                f"The prompt would have {size} characters, and {_RENDERED_MAX} is the "
                "limit. Give it shorter arguments."
            )
        messages = []
        for template in prompt.templates:
            if template.resource:
                if length(template.resource, addresses) > _ADDRESS_MAX:
                    raise InvalidParams(
                        "The prompt goes with a resource whose address would have more "
                        f"than {_ADDRESS_MAX} characters. Give it shorter arguments."
                    )
                uri = render(template.resource, addresses)
                found = self._embedded(exchange, template.resource, uri, addresses)
                messages += [message(template.role, block) for block in found]
            if template.text:
                text = render(template.text, texts)
                messages.append(message(template.role, content.text(text)))
        return messages

    @api.model
    def _embedded(self, exchange, template, uri, addresses):
        """Return the content blocks of what goes with a message.

        Nothing for a record that the caller did not name.
        """
        if any(not addresses.get(name) for name in _names(template)):
            return []
        try:
            found = self.env["mcp.resource"]._contents(exchange, uri)
        except ResourceNotFound as error:
            raise InvalidParams(
                f"The prompt goes with {quote(uri)}, which is not there or which you "
                "may not read."
            ) from error
        return [content.embedded_resource(contents) for contents in found]

    # ------------------------------------------------------------
    # Arguments
    # ------------------------------------------------------------

    @api.model
    def _checked_arguments(self, prompt, arguments):
        """Return {name: (text, text within an address)} of what a client sent.

        :raise InvalidParams: naming what is missing, unknown or of the wrong kind
        """
        for name, value in arguments.items():
            if prompt.argument(name) is None:
                raise InvalidParams(f"The prompt has no argument {quote(name)}.")
            if not isinstance(value, str):
                raise InvalidParams(f"The argument {quote(name)} must be a string.")
            if len(value) > _VALUE_MAX:
                raise InvalidParams(
                    f"The argument {quote(name)} has more than {_VALUE_MAX} characters."
                )
        values = {}
        for argument in prompt.arguments:
            value = arguments.get(argument.name, "")
            if argument.required and not (
                # a method decides for itself what an empty text means
                value.strip() or (prompt.method and argument.name in arguments)
            ):
                raise InvalidParams(f"The argument {quote(argument.name)} is missing.")
            if value.strip():
                values[argument.name] = self._checked_argument(argument, value)
        return values

    @api.model
    def _checked_argument(self, argument, value):
        if argument.kind == "choice":
            if value not in argument.choices:
                allowed = ", ".join(map(quote, argument.choices))
                raise InvalidParams(
                    f"The argument {quote(argument.name)} must be one of {allowed}."
                )
        elif argument.kind == "date":
            try:
                value = date.fromisoformat(value.strip()).isoformat()
            except ValueError:
                raise InvalidParams(
                    f"The argument {quote(argument.name)} must be a date like "
                    "'2026-05-31'."
                ) from None
        elif argument.kind == "record":
            return self._checked_record(argument, value)
        return value, percent_encoded(value, safe="")

    @api.model
    def _checked_record(self, argument, value):
        """Return (name and id, id) of the record that the caller means."""
        value = value.strip()
        named = int(value) if value.isdecimal() and len(value) < 10 else value
        wrong = None
        with self._reading():
            try:
                finder = RecordFinder(self.env)
                id_ = finder.record(argument.model, named, argument.name)
                name = self.env[argument.model].browse(id_).display_name
            except (UserError, AccessError) as error:
                wrong = error
        if wrong:
            raise InvalidParams(
                f"The argument {quote(argument.name)}: {wrong}"
            ) from wrong
        return f"{name} ({argument.model} {id_})", str(id_)

    # ------------------------------------------------------------
    # Completion
    # ------------------------------------------------------------

    @api.model
    def _proposed(self, exchange, prompt, name, value, chosen):
        """Return the values proposed for an argument.

        :param value: what was typed so far
        :param chosen: {name: value} of the other arguments
        :rtype: list[str]
        """
        if prompt.completion in self._marked(COMPLETION_METHOD):
            with self._reading():
                return getattr(self, prompt.completion)(exchange, name, value, chosen)
        argument = prompt.argument(name)
        if argument.kind == "choice":
            typed = value.casefold()
            return [c for c in argument.choices if c.casefold().startswith(typed)]
        if argument.kind == "date":
            return [day for day in self._proposed_dates() if day.startswith(value)]
        if argument.kind == "record":
            return self._proposed_records(exchange, argument, value)
        return []

    @api.model
    def _proposed_dates(self):
        """Return the days that are meant most often, in the user's timezone."""
        today = fields.Date.context_today(self)
        month, year = date_utils.start_of(today, "month"), today.replace(month=1, day=1)
        days = (
            today,
            today - timedelta(days=1),
            today + timedelta(days=1),
            date_utils.start_of(today, "week"),
            date_utils.end_of(today, "week"),
            month,
            date_utils.end_of(today, "month"),
            date_utils.start_of(month - timedelta(days=1), "month"),
            month - timedelta(days=1),
            year,
        )
        return list(dict.fromkeys(day.isoformat() for day in days))

    @api.model
    def _proposed_records(self, exchange, argument, value):
        """Return names of records that the caller may read, ids of those alike."""
        try:
            tools = self.env["mcp.tool"]
            with tools._reading():
                found = tools._tool_name_search(
                    exchange, argument.model, value, limit=_PROPOSED_MAX
                )["records"]
        except UserError:
            return []
        called = [record["name"] for record in found]
        return [
            record["name"] if called.count(record["name"]) == 1 else str(record["id"])
            for record in found
        ]
