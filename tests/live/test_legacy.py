"""The legacy era by plain HTTP: initialize, versions, members, notifications."""

import pytest
from endpoint import (
    CAPABILITIES,
    LATEST_LEGACY,
    LEGACY,
    MODERN,
    assert_ours,
    assert_refused,
)

_TOOL_MEMBERS = {
    "2024-11-05": {"name", "description", "inputSchema"},
    "2025-03-26": {"name", "description", "inputSchema", "annotations"},
}
_SINCE_2025_06 = _TOOL_MEMBERS["2025-03-26"] | {"title", "outputSchema"}


@pytest.mark.parametrize("revision", LEGACY)
def test_initialize_agrees_on_the_revision_that_it_is_asked_for(demo, revision):
    result = demo.initialize(revision)
    assert result["protocolVersion"] == revision
    assert set(result["capabilities"]) == CAPABILITIES
    assert result["serverInfo"]["name"] == "odoo-mcp"
    assert "resultType" not in result


@pytest.mark.parametrize("requested", [MODERN, "1999-12-31", "2030-01-01", ""])
def test_initialize_proposes_the_latest_legacy_revision_otherwise(demo, requested):
    assert demo.initialize(requested)["protocolVersion"] == LATEST_LEGACY


@pytest.mark.parametrize("revision", LEGACY)
def test_a_conversation_stays_within_its_revision(demo, revision):
    assert demo.ask("ping", revision=revision) == {}
    listed = demo.ask("tools/list", revision=revision)
    assert set(listed) == {"tools"}
    for tool in listed["tools"]:
        assert set(tool) == _TOOL_MEMBERS.get(revision, _SINCE_2025_06)
    arguments = {"name": "count", "arguments": {"model": "res.partner"}}
    result = demo.ask("tools/call", arguments, revision)
    structured = {"structuredContent"} if revision >= "2025-06-18" else set()
    assert set(result) == {"content", "isError"} | structured


def test_without_a_version_header_it_is_2025_03_26(demo):
    listed = demo.ask("tools/list", revision=None)
    assert set(listed["tools"][0]) == _TOOL_MEMBERS["2025-03-26"]


@pytest.mark.parametrize("version", ["2030-01-01", "1", "latest"])
def test_an_unknown_version_header_is_a_400(demo, version):
    response = demo.post("ping", mcp_protocol_version=version)
    error = assert_refused(response, 400, -32022)
    assert error["data"]["requested"] == version
    assert error["data"]["supported"] == [MODERN, *reversed(LEGACY)]


@pytest.mark.parametrize("revision", [*LEGACY, None])
@pytest.mark.parametrize(
    "message",
    [
        {"method": "notifications/initialized"},
        {"method": "notifications/cancelled", "params": {"requestId": 1}},
        {"method": "notifications/unheard-of", "params": {}},
        {"method": "tools/list"},
        {"id": 7, "result": {}},
        {"id": "", "error": {"code": -1, "message": "No."}},
    ],
    ids=["initialized", "cancelled", "unheard-of", "no id", "result", "error"],
)
def test_what_wants_no_answer_is_accepted_and_gets_none(demo, revision, message):
    response = demo.send({"jsonrpc": "2.0", **message}, headers=demo.headers(revision))
    assert (response.status_code, response.content) == (202, b"")
    assert_ours(response)


@pytest.mark.parametrize("identifier", [0, "", -1, 2**63 - 1, "ä\U0001f600", "0"])
def test_the_answer_repeats_the_id_as_it_was(demo, identifier):
    for method in ("ping", "no/such"):
        response = demo.send({"jsonrpc": "2.0", "id": identifier, "method": method})
        assert response.json()["id"] == identifier
        assert type(response.json()["id"]) is type(identifier)


@pytest.mark.parametrize("method", ["server/discover", "no/such", "", "_ping"])
def test_an_unknown_method_is_an_error_in_a_200(demo, method):
    assert_refused(demo.post(method), 200, -32601)


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"name": "no_such_tool"}, "no_such_tool"),
        ({"name": "_tool_count"}, "_tool_count"),
        ({"name": 5}, "name"),
        ({}, "name"),
        ({"name": "count", "arguments": []}, "arguments"),
    ],
)
def test_a_call_of_no_tool_is_an_error_in_a_200(demo, params, words):
    assert_refused(demo.post("tools/call", params), 200, -32602, words)


def test_bad_arguments_are_a_result_that_names_them(demo):
    assert "model" in demo.failed_call("search")
    assert "limit" in demo.failed_call("search", model="res.partner", limit=10**6)
    assert "domian" in demo.failed_call("count", model="res.partner", domian=[])
    nested = [["name", "=", [["deep"]]]]
    assert "name" in demo.failed_call("count", model="res.partner", domain=nested)


def test_a_cursor_that_was_never_given_is_refused(demo):
    assert_refused(demo.post("tools/list", {"cursor": "x"}), 200, -32602, "cursor")
