"""What sets the revisions apart: negotiation, tool descriptions, tool results.

The members that each revision knows are copied from its published JSON Schema.
"""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol import content
from protocol.revision import REVISIONS, negotiate
from protocol.tool import Tool

_TOOL_MEMBERS = {
    "2024-11-05": {"name", "description", "inputSchema"},
    "2025-03-26": {"name", "description", "inputSchema", "annotations"},
    "2025-06-18": {
        *("name", "title", "description", "inputSchema", "outputSchema"),
        *("annotations", "_meta"),
    },
    "2025-11-25": {
        *("name", "title", "description", "inputSchema", "outputSchema"),
        *("annotations", "_meta", "icons", "execution"),
    },
    "2026-07-28": {
        *("name", "title", "description", "inputSchema", "outputSchema"),
        *("annotations", "_meta", "icons"),
    },
}
_ANNOTATIONS = {
    *("title", "readOnlyHint", "destructiveHint", "idempotentHint", "openWorldHint"),
}
_STRUCTURED = {"2025-06-18", "2025-11-25", "2026-07-28"}
_COUNT = Tool(
    name="count",
    title="Count records",
    description="Counts.",
    method="_tool_count",
    input_schema='{"type":"object","properties":{"model":{"type":"string"}}}',
    output_schema='{"type":"object","required":["count"]}',
    read_only=True,
    destructive=False,
    idempotent=True,
    open_world=False,
)


@pytest.mark.parametrize(
    "requested", ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"]
)
def test_initialize_gets_the_legacy_revision_that_it_asks_for(requested):
    assert negotiate(requested).name == requested


@given(st.sampled_from(["2026-07-28", "", "2024-11-5", "latest"]) | st.text())
def test_initialize_gets_the_latest_legacy_revision_otherwise(requested):
    assert negotiate(requested).name == "2025-11-25"


def test_the_served_revisions_are_these_the_newest_first():
    assert list(REVISIONS) == sorted(_TOOL_MEMBERS, reverse=True)
    assert [name for name, known in REVISIONS.items() if known.modern] == ["2026-07-28"]


@pytest.mark.parametrize("name", _TOOL_MEMBERS)
def test_a_tool_is_described_by_members_of_its_revision_only(name):
    described = orjson.loads(orjson.dumps(_COUNT.describe(REVISIONS[name])))
    expected = {"name", "title", "description", "inputSchema", "outputSchema"}
    assert set(described) == (expected | {"annotations"}) & _TOOL_MEMBERS[name]
    assert described["name"] == "count"
    assert described["inputSchema"] == orjson.loads(_COUNT.input_schema)
    if "annotations" in described:
        assert set(described["annotations"]) == _ANNOTATIONS
        assert described["annotations"]["readOnlyHint"] is True
        assert described["annotations"]["destructiveHint"] is False


def test_a_tool_without_structured_results_has_no_output_schema():
    tool = Tool("a", "A", "A.", "_a", '{"type":"object"}', "", True, False, True, False)
    assert "outputSchema" not in tool.describe(REVISIONS["2025-11-25"])


@pytest.mark.parametrize("name", _TOOL_MEMBERS)
def test_a_result_is_text_and_structured_where_the_revision_has_that(name):
    value = {"records": [{"id": 1, "name": "Zoë"}], "has_more": False}
    result = orjson.loads(orjson.dumps(content.tool_result(value, REVISIONS[name])))
    assert result["isError"] is False
    (block,) = result["content"]
    assert block["type"] == "text"
    assert orjson.loads(block["text"]) == value
    assert ("structuredContent" in result) == (name in _STRUCTURED)
    assert result.get("structuredContent", value) == value


def test_a_failed_tool_is_a_result_that_the_model_reads():
    assert content.tool_error("Which model?") == {
        "content": [{"type": "text", "text": "Which model?"}],
        "isError": True,
    }
