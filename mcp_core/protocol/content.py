"""Content blocks and results: the shapes that a model finally reads."""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from .revision import Revision


def text(value: str) -> dict[str, Any]:
    """Return a text block (all revisions, "TextContent")."""
    return {"type": "text", "text": value}


def image(data: bytes, mime_type: str) -> dict[str, Any]:
    """Return an image block (all revisions, "ImageContent")."""
    return _binary("image", data, mime_type)


def audio(data: bytes, mime_type: str) -> dict[str, Any]:
    """Return an audio block (from 2025-03-26, "AudioContent")."""
    return _binary("audio", data, mime_type)


def _binary(kind: str, data: bytes, mime_type: str) -> dict[str, Any]:
    return {
        "type": kind,
        "data": base64.b64encode(data).decode(),
        "mimeType": mime_type,
    }


def embedded_resource(contents: Mapping[str, Any]) -> dict[str, Any]:
    """Return a block that carries the contents of a resource ("EmbeddedResource").

    :param contents: from :func:`.resource.contents`
    """
    return {"type": "resource", "resource": dict(contents)}


@dataclass(frozen=True, slots=True)
class Blocks:
    """The result of a tool that answers with content blocks instead of a structure."""

    blocks: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class WithBlocks:
    """A structure, and content blocks that come after it, such as files."""

    structure: Mapping[str, Any]
    blocks: Sequence[Mapping[str, Any]]


def tool_result(
    value: Mapping[str, Any] | Blocks | WithBlocks | str, revision: Revision
) -> dict[str, Any]:
    """Return the ``CallToolResult`` of a tool that succeeded.

    A structure is serialised once: its bytes are the text block, for models and for
    clients that know nothing else, and again ``structuredContent`` where the revision
    has it.

    :param value: a structure, content blocks, or plain text
    :raise TypeError: the value holds something that JSON has not
    """
    if isinstance(value, str):
        return {"content": [text(value)], "isError": False}
    if isinstance(value, Blocks):
        return {"content": list(value.blocks), "isError": False}
    blocks: Sequence[Mapping[str, Any]] = ()
    if isinstance(value, WithBlocks):
        value, blocks = value.structure, value.blocks
    body = orjson.dumps(value)
    result: dict[str, Any] = {
        "content": [text(body.decode()), *blocks],
        "isError": False,
    }
    if revision.structured_content:
        result["structuredContent"] = orjson.Fragment(body)
    return result


def tool_error(message: str) -> dict[str, Any]:
    """Return the ``CallToolResult`` of a tool that failed: the model reads *message*.

    Not a protocol error, so that the model can correct itself.
    """
    return {"content": [text(message)], "isError": True}
