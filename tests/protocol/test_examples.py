"""Arguments to start from, made from a tool's schema."""

import json

import pytest
from protocol import example


def arguments(required=(), **properties):
    return example.arguments(
        json.dumps({"properties": properties, "required": list(required)})
    )


def test_what_is_optional_and_has_no_example_is_left_out():
    assert arguments(a={"type": "string"}) == {}
    assert arguments(a={"type": "string", "default": "x"}) == {"a": "x"}
    assert arguments(a={"type": "string", "examples": ["y"], "default": "x"}) == {
        "a": "y"
    }


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({"type": "string"}, ""),
        ({"type": "integer"}, 0),
        ({"type": "array"}, []),
        ({"type": ["object", "null"]}, {}),
        ({}, ""),
        ({"enum": ["a", "b"]}, "a"),
        ({"const": 7}, 7),
        ({"type": "string", "description": 'A model, for example "res.partner".'},)
        + ("res.partner",),
        ({"type": "array", "description": "Ids, for example [7, 12]."}, [7, 12]),
        ({"type": "string", "description": "A word, for example none."}, ""),
        ({"type": "array", "description": "Broken, for example [7, ."}, []),
    ],
)
def test_what_is_required_has_a_value(declared, value):
    assert arguments(required=["a"], a=declared) == {"a": value}


def test_a_schema_without_properties_needs_no_arguments():
    assert example.arguments("{}") == {}
    assert example.arguments('{"properties": {"a": true}, "required": ["a"]}') == {}
