"""Arguments to start from: what a person edits before trying a tool."""

import json
import re
from collections.abc import Mapping
from typing import Any

import orjson

#: Descriptions of properties give their example behind these words.
_EXAMPLE = re.compile(r"\bfor example (?=[\[{\"\d-]|true|false)", re.IGNORECASE)
_EMPTY: Mapping[str, Any] = {
    "array": [],
    "boolean": False,
    "integer": 0,
    "null": None,
    "number": 0,
    "object": {},
    "string": "",
}


def arguments(schema: str) -> dict[str, Any]:
    """Return arguments that show what a tool takes.

    Those it requires, with an example where the schema has one, and those for which it
    names an example or a default.

    :param schema: the input schema, JSON text

    >>> arguments('{"properties": {"n": {"type": "integer", "default": 5}}}')
    {'n': 5}
    """
    document = orjson.loads(schema)
    required = document.get("required", [])
    found = {}
    for name, declared in document.get("properties", {}).items():
        if not isinstance(declared, dict):
            continue
        for value in _offered(declared, name in required):
            found[name] = value
            break
    return found


def _offered(declared: Mapping[str, Any], required: bool):
    """Yield values for a property, the best first."""
    yield from declared.get("examples", [])[:1]
    if "const" in declared:
        yield declared["const"]
    if "default" in declared:
        yield declared["default"]
    if not required:
        return
    yield from declared.get("enum", [])[:1]
    yield from _described(declared.get("description", ""))
    kind = declared.get("type")
    kind = kind[0] if isinstance(kind, list) and kind else kind
    yield _EMPTY.get(kind, "")


def _described(description: str):
    """Yield the value that a description gives as an example, where it is JSON."""
    if match := _EXAMPLE.search(description):
        try:
            yield json.JSONDecoder().raw_decode(description, match.end())[0]
        except ValueError:
            return
