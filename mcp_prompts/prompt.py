"""Prompts as the protocol sees them, and the marker of the methods that make them."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from odoo.addons.mcp_core.protocol.revision import Revision

_Method = TypeVar("_Method", bound=Callable[..., Any])


#: The marker: an attribute of the methods that carry it.
PROMPT_METHOD = "_mcp_prompt_method"


def prompt_method(method: _Method) -> _Method:
    """Mark a method of ``mcp.prompt`` as one that a prompt record may be made by.

    It is called with the exchange and the arguments by keyword, all of them texts, as
    the caller. It returns a list of :func:`message`.
    """
    method._mcp_prompt_method = True
    return method


def message(role: str, content: dict[str, Any]) -> dict[str, Any]:
    """Return a ``PromptMessage``.

    :param role: ``"user"`` or ``"assistant"``
    :param content: a block of ``mcp_core.protocol.content``
    """
    return {"role": role, "content": content}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a prompt; its values are texts.

    :param kind: what the text stands for: ``"text"``, ``"choice"``, ``"date"`` or
        ``"record"``
    :param choices: the texts there are, for a choice
    :param model: whose record it is, for a record
    """

    name: str
    title: str
    description: str
    required: bool
    kind: str = "text"
    choices: tuple[str, ...] = ()
    model: str = ""

    def describe(self, revision: Revision) -> dict[str, Any]:
        """Return the ``PromptArgument`` object, as *revision* defines it."""
        description: dict[str, Any] = {"name": self.name, "required": self.required}
        if self.title and "title" in revision.tool_fields:
            description["title"] = self.title
        if self.description:
            description["description"] = self.description
        return description


@dataclass(frozen=True, slots=True)
class Template:
    """A message that is still to be filled in.

    :param text: a template, see :mod:`.template`
    :param resource: template of the address of what goes with it, or empty
    """

    role: str
    text: str
    resource: str = ""


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a client is told of a prompt, and what is needed to make it.

    :param method: the marked method that makes the messages, empty where they are
        *templates*
    :param completion: the marked method that proposes values of arguments, or empty
    :param icon: a ``data:`` address, or empty
    """

    name: str
    title: str
    description: str
    arguments: tuple[Argument, ...]
    method: str = ""
    completion: str = ""
    templates: tuple[Template, ...] = ()
    icon: str = ""

    def argument(self, name: str) -> Argument | None:
        """Return the argument *name*, ``None`` where there is none."""
        for argument in self.arguments:
            if argument.name == name:
                return argument
        return None

    def describe(self, revision: Revision) -> dict[str, Any]:
        """Return the ``Prompt`` object of a list, as *revision* defines it."""
        description: dict[str, Any] = {"name": self.name}
        if self.title and "title" in revision.tool_fields:
            description["title"] = self.title
        if self.description:
            description["description"] = self.description
        if self.arguments:
            description["arguments"] = [
                argument.describe(revision) for argument in self.arguments
            ]
        if self.icon and "icons" in revision.tool_fields:
            description["icons"] = [{"src": self.icon, "mimeType": "image/png"}]
        return description
