"""JSON values become messages, and results and errors become bytes (JSON-RPC 2.0)."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol import jsonrpc
from protocol.errors import InvalidParams, InvalidRequest
from protocol.jsonrpc import Notification, Request, Response

_TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_IDS = _TEXT | st.integers(jsonrpc.INTEGER_MIN, jsonrpc.INTEGER_MAX)
_SCALARS = (
    st.none() | st.booleans() | st.integers(-9, 9) | st.floats(0, 1) | st.just("2.0")
)
_VALUES = st.recursive(
    _SCALARS | _TEXT, lambda inner: st.lists(inner) | st.dictionaries(_TEXT, inner)
)
_OBJECTS = st.dictionaries(_TEXT, _VALUES, max_size=4)
#: Objects with the members of a message, each of which may hold the wrong thing.
_LIKE_MESSAGES = st.fixed_dictionaries(
    {},
    optional={
        "jsonrpc": st.just("2.0") | _VALUES,
        "id": _IDS | _VALUES,
        "method": st.sampled_from(["ping", "tools/call"]) | _VALUES,
        "params": st.fixed_dictionaries({}, optional={"_meta": _VALUES}) | _VALUES,
        "result": _OBJECTS | _VALUES,
        "error": _OBJECTS | _VALUES,
    },
)


def _request(**members):
    return {"jsonrpc": "2.0", "id": 1, "method": "ping", **members}


@given(_VALUES | _LIKE_MESSAGES)
def test_any_json_value_is_one_message_or_an_invalid_request(value):
    try:
        message = jsonrpc.parse(value)
    except InvalidRequest as error:
        assert error.code == -32600
        return
    assert value["jsonrpc"] == "2.0"
    assert getattr(message, "id", None) == value.get("id")
    if isinstance(message, Response):
        assert "method" not in value
        assert (message.result is None) != (message.error is None)
    else:
        assert isinstance(message, Request if "id" in value else Notification)
        assert message.method == value["method"]
        assert message.params == value.get("params", {})
        assert isinstance(message.params.get("_meta", {}), dict)


@pytest.mark.parametrize(
    "value",
    [
        *[None, 1, "ping", [], [_request()]],
        _request(jsonrpc="1.0"),
        _request(jsonrpc=2.0),
        *[_request(id=wrong) for wrong in (None, True, 1.0, [1], {})],
        *[_request(method=wrong) for wrong in (None, 1, ["ping"])],
        *[_request(params=wrong) for wrong in (None, [], "a", 0)],
        _request(params={"_meta": None}),
        {"jsonrpc": "2.0"},
        {"jsonrpc": "2.0", "id": 1},
        {"jsonrpc": "2.0", "result": {}},
        {"jsonrpc": "2.0", "id": 1, "result": {}, "error": {}},
        {"jsonrpc": "2.0", "id": 1, "result": None},
        {"jsonrpc": "2.0", "id": 1, "error": "failed"},
    ],
)
def test_what_is_no_message_is_refused(value):
    with pytest.raises(InvalidRequest):
        jsonrpc.parse(value)


@pytest.mark.parametrize("identifier", [0, "", "0", -1, 2**63 - 1])
def test_every_id_survives_also_the_ones_that_are_false(identifier):
    value = _request(id=identifier)
    assert jsonrpc.readable_id(value) == identifier
    assert jsonrpc.parse(value) == Request(identifier, "ping", {})
    answer = orjson.loads(jsonrpc.encode_result(identifier, {}))
    assert answer["id"] == identifier
    assert type(answer["id"]) is type(identifier)
    refusal = jsonrpc.encode_error(identifier, InvalidParams("No."))
    assert orjson.loads(refusal)["id"] == identifier


@pytest.mark.parametrize("value", [None, [], "a", {}, {"id": None}, {"id": True}])
def test_an_id_that_cannot_be_read_is_left_out_of_the_error(value):
    identifier = jsonrpc.readable_id(value)
    assert identifier is None
    assert "id" not in orjson.loads(
        jsonrpc.encode_error(identifier, InvalidParams("No."))
    )


@given(_IDS, _OBJECTS)
def test_a_result_comes_back_as_the_response_that_it_is(identifier, result):
    body = jsonrpc.encode_result(identifier, result)
    assert jsonrpc.parse(jsonrpc.decode(body)) == Response(identifier, result)


@given(_IDS, _TEXT, st.none() | _OBJECTS)
def test_an_error_comes_back_as_the_response_that_it_is(identifier, text, data):
    body = jsonrpc.encode_error(identifier, InvalidParams(text, data))
    error = {"code": -32602, "message": text}
    if data is not None:
        error["data"] = data
    assert jsonrpc.parse(jsonrpc.decode(body)) == Response(identifier, None, error)


def test_text_that_json_has_not_is_never_written():
    with pytest.raises(TypeError):
        jsonrpc.encode_result(1, {"when": object()})
