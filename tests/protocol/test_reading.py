"""Bytes become a JSON value or a ParseError, and nothing else ever happens."""

import time

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol import jsonrpc
from protocol.errors import ParseError

_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(jsonrpc.INTEGER_MIN, jsonrpc.INTEGER_MAX)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
)
_KEYS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
_VALUES = st.recursive(
    _SCALARS, lambda inner: st.lists(inner) | st.dictionaries(_KEYS, inner)
)
#: What a JSON text is made of, valid or not: strung together they come close to one.
_FRAGMENTS = st.sampled_from(
    [
        b'{"jsonrpc":"2.0","id":1,"method":"ping"}',
        *[b"{", b"}", b"[", b"]", b",", b":", b'"', b"\\", b"/", b"-", b"+", b"."],
        *[b'"a"', b'"a":', b"0", b"01", b"1e5", b"1E999", b"-0.0", b"9" * 19],
        *[b"9" * 20, b"NaN", b"-Infinity", b"true", b"null", b"nul", b"True"],
        *[rb'"\ud800"', rb'"\ud83d\ude00"', rb'"\u0000"', b'"\0"', b"\n", b"\x0b"],
        *[b"\xef\xbb\xbf", b"\xff", b"\xc3\xa9", b"\xed\xa0\x80", b"//", b"'a'"],
    ]
)
_BYTES = (
    st.binary()
    | st.lists(_FRAGMENTS, max_size=12).map(b"".join)
    | st.tuples(_VALUES.map(orjson.dumps), st.integers(0), _FRAGMENTS).map(
        lambda drawn: _spliced(*drawn)
    )
)
_LARGEST_BODY = 4 * 1024 * 1024


def _spliced(text, position, fragment):
    position %= len(text) + 1
    return text[:position] + fragment + text[position:]


def _nested(depth):
    return b"[" * depth + b"]" * depth


@given(_VALUES)
def test_what_another_writer_wrote_is_read_as_it_was(value):
    assert jsonrpc.decode(orjson.dumps(value)) == value


@given(_BYTES)
def test_any_bytes_are_refused_or_mean_the_same_to_another_parser(body):
    try:
        value = jsonrpc.decode(body)
    except ParseError as error:
        assert error.http_status == 400
        assert error.message.isprintable()
    else:
        assert value == orjson.loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{} {}",
        b"{'a': 1}",
        b'{"a": 1,}',
        b"// comment\n{}",
        b"\xef\xbb\xbf{}",
        b"\xff\xfe{\0}\0",
        b'"\xed\xa0\x80"',
        b'"\n"',
    ],
)
def test_what_is_not_json_in_utf_8_is_refused(body):
    with pytest.raises(ParseError):
        jsonrpc.decode(body)


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '[{"b":{"a":1,"x":2,"a":3}}]', r'{"a":1,"\u0061":2}'],
)
def test_a_repeated_key_is_refused_wherever_it_stands(text):
    with pytest.raises(ParseError, match="repeats a key"):
        jsonrpc.decode(text.encode())


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999"])
def test_what_is_no_finite_number_is_refused(number):
    with pytest.raises(ParseError):
        jsonrpc.decode(f'{{"a": [{number}]}}'.encode())


@pytest.mark.parametrize("number", [2**63 - 1, -(2**63)])
def test_integers_have_64_bits_and_no_more(number):
    assert jsonrpc.decode(str(number).encode()) == number
    beyond = number + (1 if number > 0 else -1)
    for text in (str(beyond), f"[{number}0]", "-" * (number < 0) + "9" * 5000):
        with pytest.raises(ParseError, match="64 bits"):
            jsonrpc.decode(text.encode())


@pytest.mark.parametrize(
    "text",
    [r'"\u0000"', r'{"a\u0000": 1}', r'[["\ud800"]]', r'{"\udfff": 1}', r'"\ude00a"'],
)
def test_nul_and_lone_surrogates_are_refused_in_keys_and_values(text):
    with pytest.raises(ParseError, match="NUL|lone surrogate"):
        jsonrpc.decode(text.encode())


def test_a_surrogate_pair_is_one_character():
    assert jsonrpc.decode(rb'"\ud83d\ude00"') == "\N{GRINNING FACE}"


def test_nesting_ends_at_64_levels():
    assert jsonrpc.decode(_nested(jsonrpc.MAX_DEPTH))
    for depth in (jsonrpc.MAX_DEPTH + 1, 900, 100_000):
        with pytest.raises(ParseError, match="deeper"):
            jsonrpc.decode(_nested(depth))


def test_there_are_at_most_50_000_values():
    # the array itself is one
    assert len(jsonrpc.decode(orjson.dumps([0] * (jsonrpc.MAX_NODES - 1))))
    with pytest.raises(ParseError, match="values"):
        jsonrpc.decode(orjson.dumps([0] * jsonrpc.MAX_NODES))


@pytest.mark.parametrize(
    "body",
    [
        b"[" * _LARGEST_BODY,
        b'{"a":' * (_LARGEST_BODY // 5),
        b"9" * _LARGEST_BODY,
        b"1" * (_LARGEST_BODY - 2) + b".5",
        b"1e" + b"9" * (_LARGEST_BODY - 2),
        b"[" + b"0," * (_LARGEST_BODY // 2 - 1) + b"0]",
        b'"' + rb"\u0000" * (_LARGEST_BODY // 6) + b'"',
        b"{" + b",".join(b'"%06d":0' % n for n in range(_LARGEST_BODY // 11)) + b"}",
    ],
    ids=["arrays", "objects", "integer", "digits", "exponent", "wide", "NUL", "keys"],
)
def test_the_largest_body_is_refused_in_under_three_seconds(body):
    begun = time.perf_counter()
    with pytest.raises(ParseError):
        jsonrpc.decode(body)
    assert time.perf_counter() - begun < 3
