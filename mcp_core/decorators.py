"""Markers for what may be reached by a name that came over the network.

A method without its marker cannot be called from outside, whatever a record or a
message says: the tables below are built from the markers, and looked up instead of
``getattr`` on the name itself. An override need not repeat the marker.
"""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from .protocol.revision import Era

_Method = TypeVar("_Method", bound=Callable[..., Any])

#: The markers: attributes of the methods that carry them.
PROTOCOL_METHOD = "_mcp_protocol_method"
TOOL_METHOD = "_mcp_tool_method"
RESOURCE_METHOD = "_mcp_resource_method"
COMPLETION_METHOD = "_mcp_completion_method"


def protocol_method(
    name: str, *eras: Era, only_reads: bool = False
) -> Callable[[_Method], _Method]:
    """Mark a method of ``mcp.server`` as the handler of a protocol method.

    The handler is called with (exchange, params) and returns the members of the
    result; ``None`` for a notification.

    :param name: as on the wire, ``"tools/list"``
    :param eras: the eras that know it, all without any
    :param only_reads: a read replica of the database can answer
    """

    def mark(method: _Method) -> _Method:
        method._mcp_protocol_method = (name, frozenset(eras or Era), only_reads)
        return method

    return mark


def tool_method(
    method: _Method | None = None, *, interactive: bool = False
) -> _Method | Callable[[_Method], _Method]:
    """Mark a method of ``mcp.tool`` as one that a tool record may run.

    It is called with the exchange and the validated arguments by keyword, as the
    caller, inside a savepoint. It returns a mapping of JSON values,
    :class:`~.protocol.content.Blocks` or text, and raises
    :class:`~.exceptions.ToolError` or any of Odoo's own user errors for what the
    model should read.

    :param interactive: the tool reports progress, logs or asks the client: its answer
        is a live event stream where the client takes one
    """

    def mark(method: _Method) -> _Method:
        method._mcp_tool_method = interactive
        return method

    return mark if method is None else mark(method)


def resource_method(method: _Method) -> _Method:
    """Mark a method of ``mcp.resource`` as one that a resource record may be read by.

    It is called with the exchange, the URI and the variables of the template by
    keyword, as the caller, in a read-only savepoint. It returns text, bytes, or a list
    of :func:`~.protocol.resource.contents`; ``None`` where there is no such resource.
    """
    method._mcp_resource_method = True
    return method


def completion_method(method: _Method) -> _Method:
    """Mark a method of ``mcp.resource`` as one that proposes values of variables.

    Likewise a method of ``mcp.prompt``, and the arguments of a prompt.

    It is called with the exchange, the name of the variable, what was typed so far and
    {name: value} of the variables that are chosen already. It returns the proposed
    values, best first; no more than a hundred are sent.
    """
    method._mcp_completion_method = True
    return method


def marked(model_class: type, marker: str) -> Mapping[str, Any]:
    """Return {attribute name: marker value} of all marked methods of a model class.

    :param marker: one of the markers above, or one of another addon
    """
    found: dict[str, Any] = {}
    for parent in reversed(model_class.mro()):
        for attribute, method in vars(parent).items():
            if (value := getattr(method, marker, None)) is not None:
                found[attribute] = value
    return found
