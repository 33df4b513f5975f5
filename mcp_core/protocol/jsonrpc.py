"""JSON-RPC 2.0 messages: strict reading, fast writing.

Reading refuses what two JSON parsers could understand differently (duplicate keys,
NaN, numbers that lose digits, broken Unicode) and what is built to exhaust one
(nesting, sheer number of values). Writing is orjson: values that it cannot write do
not belong into an answer.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from .errors import InvalidRequest, ParseError, ProtocolError

#: Bounds of one body: levels of nesting, values in it, and messages of a batch.
MAX_DEPTH = 64
MAX_NODES = 50_000
MAX_BATCH = 50
#: What is no larger is an integer to every parser.
INTEGER_MIN = -(2**63)
INTEGER_MAX = 2**63 - 1
#: Longest text of a 64-bit integer, sign included: longer ones are never converted.
_INTEGER_DIGITS = 20

RequestId = str | int


@dataclass(frozen=True, slots=True)
class Request:
    """A call that wants an answer."""

    id: RequestId
    method: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notification:
    """A message that wants none."""

    method: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """The client's answer to a request of the server."""

    id: RequestId
    result: Mapping[str, Any] | None = None
    error: Mapping[str, Any] | None = None


Message = Request | Notification | Response


# Reading


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ParseError("The body is not acceptable JSON: an object repeats a key.")
    return members


def _integer(digits: str) -> int:
    if len(digits) <= _INTEGER_DIGITS:
        value = int(digits)
        if INTEGER_MIN <= value <= INTEGER_MAX:
            return value
    raise ParseError("The body is not acceptable JSON: an integer exceeds 64 bits.")


def _float(digits: str) -> float:
    value = float(digits)
    if math.isinf(value):
        raise ParseError("The body is not acceptable JSON: a number is too large.")
    return value


def _constant(name: str) -> None:
    raise ParseError(f"The body is not acceptable JSON: {name} is not a JSON value.")


_decoder = json.JSONDecoder(
    object_pairs_hook=_unique,
    parse_int=_integer,
    parse_float=_float,
    parse_constant=_constant,
)


def _check_text(text: str) -> None:
    if "\0" in text:
        raise ParseError("The body is not acceptable JSON: a text contains NUL.")
    if not text.isascii():
        try:
            text.encode()
        except UnicodeEncodeError:
            raise ParseError(
                "The body is not acceptable JSON: a text contains a lone surrogate."
            ) from None


def _check_value(value: Any) -> None:
    """Walk *value* level by level, so that nesting costs no Python stack."""
    nodes, depth, level = 0, 0, [value]
    while level:
        depth += 1
        nodes += len(level)
        if depth > MAX_DEPTH:
            raise ParseError(f"The body nests deeper than {MAX_DEPTH} levels.")
        if nodes > MAX_NODES:
            raise ParseError(f"The body holds more than {MAX_NODES} values.")
        below: list[Any] = []
        for node in level:
            if isinstance(node, str):
                _check_text(node)
            elif isinstance(node, dict):
                for key in node:
                    _check_text(key)
                below.extend(node.values())
            elif isinstance(node, list):
                below.extend(node)
        level = below


def decode(body: bytes) -> Any:
    """Return the JSON value in *body*.

    :raise ParseError: not UTF-8, not JSON, or JSON outside of this module's bounds
    """
    try:
        value = _decoder.decode(body.decode())
    except UnicodeDecodeError:
        raise ParseError("The body is not UTF-8.") from None
    except RecursionError:
        raise ParseError(f"The body nests deeper than {MAX_DEPTH} levels.") from None
    except ValueError as error:
        # JSONDecodeError repeats no input; its position helps whoever wrote the body
        position = f" at character {error.pos}" if hasattr(error, "pos") else ""
        raise ParseError(f"The body is not valid JSON{position}.") from None
    _check_value(value)
    return value


def readable_id(value: Any) -> RequestId | None:
    """Return the id of a message that may otherwise be invalid, ``None`` without one.

    ``0`` and ``""`` are ids: compare with ``None``, never by truth.
    """
    if not isinstance(value, dict):
        return None
    identifier = value.get("id")
    if isinstance(identifier, bool) or not isinstance(identifier, str | int):
        return None
    return identifier


def parse(value: Any) -> Message:
    """Return the one message that the JSON *value* is.

    :raise InvalidRequest: it is none
    """
    if isinstance(value, list):
        raise InvalidRequest("Batches are not supported: send one message per request.")
    if not isinstance(value, dict):
        raise InvalidRequest("The body must be one JSON-RPC message object.")
    if value.get("jsonrpc") != "2.0":
        raise InvalidRequest('A JSON-RPC message needs "jsonrpc": "2.0".')
    if "id" in value and readable_id(value) is None:
        raise InvalidRequest("A message id must be a string or an integer.")
    if "method" not in value:
        return _parse_response(value)
    method, params = value["method"], value.get("params", {})
    if not isinstance(method, str):
        raise InvalidRequest("A method must be a string.")
    if not isinstance(params, dict):
        raise InvalidRequest("params must be an object.")
    if not isinstance(params.get("_meta", {}), dict):
        raise InvalidRequest("params._meta must be an object.")
    if "id" in value:
        return Request(value["id"], method, params)
    return Notification(method, params)


def parse_batch(values: list[Any]) -> list[tuple[RequestId | None, Any]]:
    """Return what each element of a batch is: (its id, message or error).

    :raise InvalidRequest: the batch is empty or longer than :data:`MAX_BATCH`
    """
    if not 0 < len(values) <= MAX_BATCH:
        raise InvalidRequest(f"A batch holds 1 to {MAX_BATCH} messages.")
    parsed: list[tuple[RequestId | None, Any]] = []
    for value in values:
        try:
            message = parse(value)
        except ProtocolError as error:
            parsed.append((readable_id(value), error))
        else:
            parsed.append((readable_id(value), message))
    return parsed


def _parse_response(value: dict[str, Any]) -> Response:
    if "id" not in value:
        raise InvalidRequest("A message needs a method, or the id that it answers.")
    result, error = value.get("result"), value.get("error")
    if ("result" in value) == ("error" in value):
        raise InvalidRequest("A response has either a result or an error.")
    if not isinstance(result if "result" in value else error, dict):
        raise InvalidRequest("A response's result or error must be an object.")
    return Response(value["id"], result, error)


# Writing


def encode_result(identifier: RequestId, result: Mapping[str, Any]) -> bytes:
    """Return the bytes of a successful answer.

    *result* may hold :class:`orjson.Fragment` for what is serialised already.
    """
    return orjson.dumps({"jsonrpc": "2.0", "id": identifier, "result": result})


def encode_error(identifier: RequestId | None, error: ProtocolError) -> bytes:
    """Return the bytes of an error answer.

    Without a readable id the member is left out: JSON-RPC asks for ``null`` there, but
    no revision's schema allows it and the modern one forbids it.
    """
    body: dict[str, Any] = {"jsonrpc": "2.0"}
    if identifier is not None:
        body["id"] = identifier
    body["error"] = {"code": error.code, "message": error.message}
    if error.data is not None:
        body["error"]["data"] = error.data
    return orjson.dumps(body)
