"""JSON Schema 2020-12: which schemas are offered, and what is said of bad arguments."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from protocol.schema import MAX_DEPTH, InvalidSchema, compact, validator, violations

_COUNT = json.dumps(
    {
        "type": "object",
        "properties": {
            "model": {"type": "string", "maxLength": 100},
            "ids": {"type": "array", "items": {"type": "integer", "minimum": 1}},
            "limit": {"type": "integer", "minimum": 1, "maximum": 1000},
            "order": {"enum": ["asc", "desc"]},
        },
        "required": ["model"],
        "additionalProperties": False,
    }
)


def _object(**properties):
    return json.dumps({"type": "object", "properties": properties})


def _deep(levels):
    """Return a schema whose objects nest so that its members are *levels* deep."""
    inner = {"type": "object"}
    for _ in range((levels - 1) // 2):
        inner = {"type": "object", "properties": {"a": inner}}
    return json.dumps(inner)


@pytest.mark.parametrize(
    ("schema", "reason"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        ("[]", "root"),
        ("true", "root"),
        ("{}", "root"),
        ('{"type": "array"}', "root"),
        ('{"type": ["object", "null"]}', "root"),
        ('{"oneOf": [{"type": "object"}]}', "root"),
        ('{"type": "object", "properties": []}', "array|object"),
        (_object(a={"type": "text"}), "text"),
        (_object(a={"$ref": "https://example.com/schema.json"}), "leaves the document"),
        (_object(a={"$ref": "other.json#/a"}), "leaves the document"),
        (_object(a={"items": [{"$dynamicRef": "//x"}]}), "leaves the document"),
        (_object(a={"$ref": 5}), "leaves the document"),
        (_deep(MAX_DEPTH + 1), "deeper"),
        (_deep(200), "deeper"),
    ],
)
def test_a_schema_that_clients_should_not_see_is_refused(schema, reason):
    with pytest.raises(InvalidSchema, match=reason):
        validator(schema)


@pytest.mark.parametrize(
    "schema",
    [
        _COUNT,
        _deep(MAX_DEPTH - 1),
        '{"type":"object","properties":{"a":{"$ref":"#/$defs/a"}},"$defs":{"a":{}}}',
    ],
)
def test_a_schema_that_stays_in_its_document_is_taken(schema):
    assert validator(schema) is validator(schema)


def test_a_reference_that_leads_nowhere_is_an_invalid_schema():
    with pytest.raises(InvalidSchema, match="leads nowhere"):
        violations(_object(a={"$ref": "#/$defs/none"}), {"a": 1})


def test_compact_keeps_the_meaning():
    assert json.loads(compact(_COUNT)) == json.loads(_COUNT)
    assert "\n" not in compact('{\n  "type": "object"\n}')
    assert compact("") == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({}, ["missing model"]),
        ({"model": 5}, ["model", "'5'", "string"]),
        ({"model": "x" * 101}, ["model", "maxLength", "100"]),
        ({"model": "a", "limit": 0}, ["limit", "minimum", "1"]),
        ({"model": "a", "limit": "ten"}, ["limit", "'ten'", "integer"]),
        ({"model": "a", "limit": True}, ["limit", "integer"]),
        ({"model": "a", "ids": [1, 2, 0]}, ["ids[2]", "minimum"]),
        ({"model": "a", "order": "up"}, ["order", "'up'", "'asc'", "'desc'"]),
        ({"model": "a", "modle": 1}, ["modle", "known are", "model", "limit"]),
    ],
)
def test_a_violation_names_the_field_and_what_would_be_right(arguments, words):
    (sentence,) = violations(_COUNT, arguments)
    for word in words:
        assert word in sentence


def test_right_arguments_violate_nothing():
    assert violations(_COUNT, {"model": "a", "ids": [1], "limit": 1000}) == []


def test_several_violations_are_listed_up_to_five():
    assert len(violations(_COUNT, {"limit": 0, "order": 1})) == 3
    assert len(violations(_COUNT, {"model": "a", "ids": [0] * 1000})) == 5


@given(
    st.sampled_from(["model", "ids", "limit", "order"]),
    st.text(min_size=1) | st.lists(st.text(), min_size=1, max_size=3),
)
def test_no_value_floods_a_sentence_or_breaks_its_line(field, value):
    value *= 3000
    for sentence in violations(_COUNT, {"model": "a", field: value}):
        assert field in sentence
        assert len(sentence) < 500
        assert sentence.isprintable()


def test_no_number_of_unknown_arguments_floods_a_sentence():
    (sentence,) = violations(_COUNT, {"model": "a"} | {f"k{n}": 0 for n in range(1000)})
    assert "'k0'" in sentence
    assert len(sentence) < 1000


def test_no_key_of_a_client_floods_or_breaks_the_path_to_a_value():
    schema = '{"type":"object","additionalProperties":{"type":"integer"}}'
    for key in ("x" * 5000, "a\nb", "\x1b[31m"):
        (sentence,) = violations(schema, {key: "text"})
        assert len(sentence) < 500
        assert sentence.isprintable()


@pytest.mark.parametrize(
    "schema",
    [
        '{"type": "object", "$ref": "#"}',
        '{"type": "object", "allOf": [{"$ref": "#"}]}',
    ],
)
def test_a_schema_that_refers_to_itself_without_end_is_invalid(schema):
    with pytest.raises(InvalidSchema):
        violations(schema, {"a": 1})


#: Of few levels: of more than 16 none is a schema of ours.
_PLAIN = st.recursive(
    st.sampled_from(
        [{"type": kind} for kind in ("string", "boolean", "integer", "null", "object")]
    ),
    lambda inner: st.fixed_dictionaries(
        {"type": st.just("object")},
        optional={
            "required": st.lists(st.sampled_from("ab"), unique=True),
            "properties": st.dictionaries(st.sampled_from("abc"), inner),
            "description": st.just("x"),
            "additionalProperties": st.booleans(),
        },
    ),
    max_leaves=8,
)
_VALUE = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=2),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("abcd"), inner)
    ),
    max_leaves=6,
)


@given(_PLAIN, st.lists(_VALUE, max_size=4))
def test_lists_are_judged_as_the_library_judges_them(items, value):
    document = {
        "type": "object",
        "properties": {"list": {"type": "array", "items": items}},
    }
    theirs = Draft202012Validator(document).is_valid({"list": value})
    ours = violations(json.dumps(document), {"list": value})
    assert bool(ours) is not theirs
