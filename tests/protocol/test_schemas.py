"""JSON Schema 2020-12: which schemas are offered, and what is said of bad arguments."""

import json

import pytest
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
