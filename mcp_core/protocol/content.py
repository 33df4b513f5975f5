"""Content blocks and results: the shapes that a model finally reads."""

from collections.abc import Mapping
from typing import Any

import orjson

from .revision import Revision


def text(value: str) -> dict[str, Any]:
    """Return a text block (all revisions, "TextContent")."""
    return {"type": "text", "text": value}


def tool_result(structured: Mapping[str, Any], revision: Revision) -> dict[str, Any]:
    """Return the ``CallToolResult`` of a tool that succeeded.

    The structured value is serialised once: its bytes are the text block, for models
    and for clients that know nothing else, and again ``structuredContent`` where the
    revision has it.

    :raise TypeError: the value holds something that JSON has not
    """
    body = orjson.dumps(structured)
    result: dict[str, Any] = {"content": [text(body.decode())], "isError": False}
    if revision.structured_content:
        result["structuredContent"] = orjson.Fragment(body)
    return result


def tool_error(message: str) -> dict[str, Any]:
    """Return the ``CallToolResult`` of a tool that failed: the model reads *message*.

    Not a protocol error, so that the model can correct itself.
    """
    return {"content": [text(message)], "isError": True}
