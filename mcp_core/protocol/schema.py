"""JSON Schema 2020-12 for the arguments and results of tools.

Validators are compiled once per schema text and shared: they are immutable. A schema
never makes this server fetch anything, so references beyond the document are refused.
"""

import functools
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import Any

import orjson
from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError, best_match
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from . import jsonrpc
from .errors import QUOTED_MAX, ProtocolError, quote

#: Levels of nesting of a schema.
MAX_DEPTH = 16
#: How many violations one message lists: enough to mend a call in one go.
_LISTED_MAX = 5
_DECODED = {"array": list, "object": dict}


#: Keywords that say nothing about a value.
_ANNOTATIONS = frozenset({"title", "description", "default", "examples"})
_PLAIN_TYPES = {
    "object": dict,
    "array": list,
    "string": str,
    "boolean": bool,
    "null": type(None),
}


class InvalidSchema(ValueError):
    """A schema that this server does not offer to clients, with the reason."""


@functools.lru_cache(maxsize=512)
def _plain_check(schema: str) -> Callable[[Any], bool] | None:
    """Return a check of one member of a list, ``None`` for all but plain schemas.

    Those that want types and names only. What it lets pass is valid; what it does not
    may be valid nevertheless.
    """
    document = orjson.loads(schema)
    if not isinstance(document, dict):
        return None
    wanted = document.keys() - _ANNOTATIONS
    kind = document.get("type")
    if not wanted <= {"type", "properties", "required"} or not isinstance(kind, str):
        return None
    if kind not in _PLAIN_TYPES:
        return None
    plain_type = _PLAIN_TYPES[kind]
    required = frozenset(document.get("required", ()))
    members = []
    for name, member in document.get("properties", {}).items():
        check = _plain_check(orjson.dumps(member).decode())
        if check is None:
            return None
        members.append((name, check))

    def is_plain(value: Any) -> bool:
        return type(value) is plain_type

    def has_required(value: Any) -> bool:
        return type(value) is dict and required <= value.keys()

    def has_members(value: Any) -> bool:
        return has_required(value) and all(
            check(value[name]) for name, check in members if name in value
        )

    if plain_type is not dict:
        return is_plain
    return has_members if members else has_required


def _items(validator, items, instance, schema):
    """The keyword ``items``, at once where all members are plainly as they should be.

    A list of a thousand records would take longer to validate than to read.
    """
    if isinstance(instance, list) and "prefixItems" not in schema:
        check = _plain_check(orjson.dumps(items).decode())
        if check is not None and all(map(check, instance)):
            return
    yield from Draft202012Validator.VALIDATORS["items"](
        validator, items, instance, schema
    )


_Validator = extend(Draft202012Validator, {"items": _items})


@functools.lru_cache(maxsize=512)
def validator(schema: str) -> Draft202012Validator:
    """Return the validator of a schema given as JSON text.

    :raise InvalidSchema: not JSON, not a schema, not an object schema at its root, too
        deep, or with a reference that leaves the document
    """
    try:
        document = orjson.loads(schema)
    except orjson.JSONDecodeError as error:
        raise InvalidSchema(f"not valid JSON ({error})") from None
    if not isinstance(document, dict) or document.get("type") != "object":
        raise InvalidSchema('the root must be an object with "type": "object"')
    for depth, key, value in _walk(document):
        if depth > MAX_DEPTH:
            raise InvalidSchema(f"nested deeper than {MAX_DEPTH} levels")
        if key in ("$ref", "$dynamicRef") and not str(value).startswith("#"):
            raise InvalidSchema(f"the reference {quote(value)} leaves the document")
    try:
        Draft202012Validator.check_schema(document)
    except SchemaError as error:
        raise InvalidSchema(error.message) from None
    # An explicit registry: the default one would fetch unknown references.
    return _Validator(document, registry=Registry())


def compact(schema: str) -> str:
    """Return a schema without the white space that people need."""
    return orjson.dumps(orjson.loads(schema)).decode() if schema else ""


def _walk(value: Any, depth: int = 1) -> Iterator[tuple[int, str | None, Any]]:
    """Yield (depth, key, value) of all members; stop below the depth limit."""
    if depth > MAX_DEPTH + 1:
        return
    if isinstance(value, dict):
        for key, member in value.items():
            yield depth, key, member
            yield from _walk(member, depth + 1)
    elif isinstance(value, list):
        for member in value:
            yield depth, None, member
            yield from _walk(member, depth + 1)


def violations(schema: str, value: Any) -> list[str]:
    """Return what is wrong with *value*, one sentence each, empty when nothing is.

    :raise InvalidSchema: as :func:`validator`, or a reference that leads nowhere
    """
    try:
        errors = list(islice(validator(schema).iter_errors(value), _LISTED_MAX))
    except Unresolvable as error:
        raise InvalidSchema(f"the reference {quote(error.ref)} leads nowhere") from None
    except RecursionError:
        raise InvalidSchema("a reference leads back to itself") from None
    return [_describe(error) for error in errors]


def decoded(schema: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return *arguments* with lists and objects that came as JSON text read.

    Some models write a domain as text although the schema says array.

    >>> decoded('{"type": "object", "properties": {"a": {"type": "array"}}}',
    ...         {"a": "[1]"})
    {'a': [1]}
    """
    properties = validator(schema).schema.get("properties", {})
    read = dict(arguments)
    for name, value in arguments.items():
        wanted = properties.get(name, {}).get("type")
        if isinstance(value, str) and wanted in _DECODED:
            try:
                candidate = jsonrpc.decode(value.encode())
            except (ProtocolError, UnicodeEncodeError):
                continue
            if isinstance(candidate, _DECODED[wanted]):
                read[name] = candidate
    return read


def _name(step: str) -> str:
    """Return a key of the client's value, as itself where it looks like a name."""
    return step if step.isidentifier() and len(step) <= QUOTED_MAX else quote(step)


def _some(names: list[str]) -> str:
    """Return the first names, and how many more there are."""
    more = len(names) - _LISTED_MAX
    shown = ", ".join(names[:_LISTED_MAX])
    return f"{shown} and {more} more" if more > 0 else shown


def _describe(error: ValidationError) -> str:
    """Say where the value is wrong and what would be right, in one sentence."""
    error = best_match(error.context) if error.context else error
    where = "".join(
        f"[{step}]" if isinstance(step, int) else f".{_name(step)}"
        for step in error.absolute_path
    ).lstrip(".")
    match error.validator:
        case "required":
            missing = [
                key for key in error.validator_value if key not in error.instance
            ]
            what = f"missing {', '.join(missing)}"
        case "additionalProperties" if isinstance(error.instance, dict):
            known = error.schema.get("properties", {})
            extra = [quote(key) for key in error.instance if key not in known]
            what = f"unknown {_some(extra)}; known are {', '.join(known) or 'none'}"
        case "type":
            what = f"{quote(error.instance)} is not of type {error.validator_value}"
        case "enum":
            allowed = ", ".join(map(quote, error.validator_value))
            what = f"{quote(error.instance)} is not one of {allowed}"
        case keyword:
            what = (
                f"{quote(error.instance)} breaks {keyword}: "
                f"{quote(error.validator_value)}"
            )
    return f"{where}: {what}" if where else what
