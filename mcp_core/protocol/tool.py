"""A tool as the protocol sees it."""

import functools
from dataclasses import dataclass
from typing import Any

import orjson

from . import headers
from .revision import Revision


@functools.lru_cache(maxsize=512)
def _mirrored_parameters(schema: str) -> tuple[tuple[str, tuple], ...]:
    return tuple(headers.mirrored_parameters(orjson.loads(schema)))


@dataclass(frozen=True, slots=True)
class Tool:
    """What a client is told of a tool, and what is needed to run it.

    Schemas are JSON text, written to the wire as they are.

    :param name: unique; ``[A-Za-z0-9_.-]{1,64}``
    :param method: the marked method that does the work
    :param output_schema: empty where the result is not structured
    :param interactive: whether it talks to the client while it runs
    :param confirmation: whether a person is asked first: ``"never"``, ``"possible"``
        (where the client can ask) or ``"always"``
    :param server_action: id of the action that does the work instead of a method, or 0
    """

    name: str
    title: str
    description: str
    method: str
    input_schema: str
    output_schema: str
    read_only: bool
    destructive: bool
    idempotent: bool
    open_world: bool
    interactive: bool = False
    confirmation: str = "never"
    server_action: int = 0

    @property
    def mirrored_parameters(self) -> tuple[tuple[str, tuple], ...]:
        """The arguments that modern clients repeat in headers: (suffix, path)."""
        return _mirrored_parameters(self.input_schema)

    def describe(self, revision: Revision) -> dict[str, Any]:
        """Return the ``Tool`` object of ``tools/list``, as *revision* defines it."""
        description = {
            "name": self.name,
            "title": self.title,
            "description": self.description,
            "inputSchema": orjson.Fragment(self.input_schema),
            "annotations": {
                "title": self.title,
                "readOnlyHint": self.read_only,
                "destructiveHint": self.destructive,
                "idempotentHint": self.idempotent,
                "openWorldHint": self.open_world,
            },
        }
        if self.output_schema:
            description["outputSchema"] = orjson.Fragment(self.output_schema)
        return {
            member: value
            for member, value in description.items()
            if member in revision.tool_fields
        }
