"""The file that prompts are exported to and imported from: its form and its limits."""

from typing import Any

import jsonschema
import orjson

from .models.mcp_prompt_argument import CHOICES_MAX
from .models.mcp_prompt_checks import ARGUMENTS_MAX, MESSAGES_MAX

#: Bytes that a file may have.
FILE_MAX = 2 * 1024 * 1024
FORMAT = "odoo-mcp-prompts"
VERSION = 1

_TEXT = {"type": "string", "maxLength": 20_000}
_SHORT = {"type": "string", "maxLength": 500}
_ARGUMENT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name"],
    "properties": {
        "name": {"type": "string", "maxLength": 64},
        "title": _SHORT,
        "description": _SHORT,
        "required": {"type": "boolean"},
        "kind": {"enum": ["text", "choice", "date", "record"]},
        "choices": {"type": "array", "items": _SHORT, "maxItems": CHOICES_MAX},
        "model": {"type": "string", "maxLength": 128},
    },
}
_MESSAGE = {
    "type": "object",
    "additionalProperties": False,
    "required": ["role"],
    "properties": {
        "role": {"enum": ["user", "assistant"]},
        "text": _TEXT,
        "record": {"type": "string", "maxLength": 64},
        "resource": {"type": "string", "maxLength": 2000},
    },
}
_PROMPT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["name", "messages"],
    "properties": {
        "name": {"type": "string", "maxLength": 64},
        "title": _SHORT,
        "description": _TEXT,
        "sequence": {"type": "integer", "minimum": 0, "maximum": 1_000_000},
        "groups": {"type": "array", "items": _SHORT, "maxItems": 50},
        "icon": {"type": "string", "maxLength": 100_000},
        "arguments": {
            "type": "array",
            "items": _ARGUMENT,
            "maxItems": ARGUMENTS_MAX,
        },
        "messages": {
            "type": "array",
            "items": _MESSAGE,
            "minItems": 1,
            "maxItems": MESSAGES_MAX,
        },
        "translations": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "title": _SHORT,
                    "description": _TEXT,
                    "messages": {
                        "type": "array",
                        "items": _TEXT,
                        "maxItems": MESSAGES_MAX,
                    },
                },
            },
        },
    },
}
_FILE = jsonschema.Draft202012Validator(
    {
        "type": "object",
        "additionalProperties": False,
        "required": ["format", "version", "prompts"],
        "properties": {
            "format": {"const": FORMAT},
            "version": {"const": VERSION},
            "prompts": {"type": "array", "items": _PROMPT, "maxItems": 500},
        },
    }
)


class BadFile(ValueError):
    """A file that holds no prompts; the text says where it is wrong."""


def write(prompts: list[dict[str, Any]]) -> bytes:
    """Return the bytes of a file with *prompts*."""
    body = {"format": FORMAT, "version": VERSION, "prompts": prompts}
    return orjson.dumps(body, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def read(data: bytes) -> list[dict[str, Any]]:
    """Return the prompts in a file.

    :raise BadFile: it is too large, no JSON, or not of this form
    """
    if len(data) > FILE_MAX:
        raise BadFile(f"{len(data)} bytes, and {FILE_MAX} is the limit")
    try:
        value = orjson.loads(data)
    except orjson.JSONDecodeError as error:
        raise BadFile(str(error)) from error
    for error in sorted(_FILE.iter_errors(value), key=lambda error: error.json_path):
        raise BadFile(f"{error.json_path}: {error.message[:300]}")
    return value["prompts"]
