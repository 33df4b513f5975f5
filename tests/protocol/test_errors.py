"""Texts of errors: one short printable line, whatever the client sent."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol import errors, jsonrpc

_LONGEST = errors.QUOTED_MAX + 10


@given(
    st.text()
    | st.text(min_size=100)
    | st.text(st.characters(categories=["Cc", "Cs", "Co"]), min_size=20)
    | st.lists(st.text() | st.integers() | st.none())
    | st.binary(min_size=60)
)
def test_a_quoted_value_is_one_short_printable_line(value):
    quoted = errors.quote(value)
    assert quoted.isprintable()
    assert len(quoted) <= _LONGEST


@pytest.mark.parametrize(
    "value", ["a\nb", "\x1b[31mred", "\u202eabc", "\ud800", "\0" * 500, "\U000e0001"]
)
def test_control_characters_are_quoted_by_their_escapes(value):
    assert "\\" in errors.quote(value)


def test_short_plain_text_is_quoted_as_it_is():
    assert errors.quote("res.partner") == "'res.partner'"
    assert errors.quote("Zoë") == "'Zoë'"
    assert errors.quote(12) == "'12'"


@pytest.mark.parametrize(
    ("error", "code", "status", "in_band"),
    [
        (errors.ParseError, -32700, 400, False),
        (errors.InvalidRequest, -32600, 400, False),
        (errors.MethodNotFound, -32601, 404, True),
        (errors.InvalidParams, -32602, 400, True),
        (errors.InternalError, -32603, 400, True),
        (errors.HeaderMismatch, -32020, 400, False),
        (errors.Unauthorized, -32000, 401, False),
        (errors.Forbidden, -32000, 403, False),
        (errors.MethodNotAllowed, -32600, 405, False),
        (errors.NotAcceptable, -32600, 406, False),
        (errors.LengthRequired, -32600, 411, False),
        (errors.PayloadTooLarge, -32600, 413, False),
        (errors.UnsupportedMediaType, -32600, 415, False),
    ],
)
def test_each_error_has_its_code_and_its_status(error, code, status, in_band):
    raised = error("No.")
    assert (raised.code, raised.http_status, raised.in_band) == (code, status, in_band)
    assert orjson.loads(jsonrpc.encode_error(7, raised)) == {
        "jsonrpc": "2.0",
        "id": 7,
        "error": {"code": code, "message": "No."},
    }


def test_who_asks_too_often_is_told_when_to_come_back():
    error = errors.TooManyRequests("Slower.", 3, [("RateLimit", '"user";r=0;t=3')])
    assert (error.code, error.http_status, error.in_band) == (-32000, 429, False)
    assert error.headers == (("Retry-After", "3"), ("RateLimit", '"user";r=0;t=3'))
    assert error.data == {"retryAfter": 3}


def test_an_unsupported_version_tells_the_supported_ones_and_what_was_asked():
    error = errors.UnsupportedProtocolVersion("2030-01-01", ("b", "a"))
    answer = orjson.loads(jsonrpc.encode_error(1, error))["error"]
    assert answer["code"] == -32022
    assert answer["data"] == {"supported": ["b", "a"], "requested": "2030-01-01"}
    flood = errors.UnsupportedProtocolVersion("9" * 10_000, ("a",))
    assert len(jsonrpc.encode_error(1, flood)) < 1000
