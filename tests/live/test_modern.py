"""The modern era by plain HTTP: every request says everything (2026-07-28)."""

import base64

import pytest
from endpoint import (
    CAPABILITIES,
    LEGACY,
    META_CAPABILITIES,
    META_VERSION,
    MODERN,
    assert_ours,
    assert_refused,
)


def _sent(demo, message, **changes):
    """Send *message* with the headers that mirror it, changed as told."""
    mirrored = {
        "mcp_method": message["method"],
        "mcp_name": message["params"].get("name"),
    }
    return demo.send(message, headers=demo.headers(MODERN, **(mirrored | changes)))


def test_discover_tells_what_is_served(demo):
    result = demo.ask("server/discover", revision=MODERN)
    assert result["resultType"] == "complete"
    assert result["supportedVersions"] == [MODERN, *reversed(LEGACY)]
    assert set(result["capabilities"]) == CAPABILITIES
    assert result["instructions"]
    assert result["cacheScope"] == "private"
    assert result["ttlMs"] >= 0
    info = result["_meta"]["io.modelcontextprotocol/serverInfo"]
    assert info["name"] == "odoo-mcp"


def test_tools_are_listed_with_their_caching_hints(demo):
    result = demo.ask("tools/list", revision=MODERN)
    assert set(result) == {"tools", "resultType", "ttlMs", "cacheScope", "_meta"}
    members = {"name", "title", "description", "inputSchema", "outputSchema"}
    for tool in result["tools"]:
        assert set(tool) == members | {"annotations"}


def test_a_tool_answers_with_a_complete_result(demo):
    params = {"name": "count", "arguments": {"model": "res.partner"}}
    result = demo.ask("tools/call", params, MODERN)
    assert result["resultType"] == "complete"
    assert result["structuredContent"]["count"] > 0


@pytest.mark.parametrize("member", [META_VERSION, META_CAPABILITIES])
def test_a_request_needs_its_meta_members(demo, member):
    message = demo.message("tools/list", revision=MODERN)
    del message["params"]["_meta"][member]
    assert_refused(_sent(demo, message), 400, -32602, member)
    del message["params"]["_meta"]
    assert_refused(_sent(demo, message), 400, -32602, META_VERSION)


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"mcp_protocol_version": None}, "MCP-Protocol-Version"),
        ({"mcp_protocol_version": "2025-11-25"}, "MCP-Protocol-Version"),
        ({"mcp_method": None}, "Mcp-Method"),
        ({"mcp_method": "tools/list"}, "Mcp-Method"),
        ({"mcp_name": None}, "Mcp-Name"),
        ({"mcp_name": "search"}, "Mcp-Name"),
        ({"mcp_name": "=?base64?!?="}, "base64"),
    ],
)
def test_a_header_that_contradicts_the_body_is_refused(demo, changes, name):
    params = {"name": "count", "arguments": {"model": "res.partner"}}
    message = demo.message("tools/call", params, MODERN)
    assert_refused(_sent(demo, message, **changes), 400, -32020, name)


def test_a_header_may_be_written_in_base64(demo):
    params = {"name": "count", "arguments": {"model": "res.partner"}}
    message = demo.message("tools/call", params, MODERN)
    name = f"=?base64?{base64.b64encode(b'count').decode()}?="
    assert _sent(demo, message, mcp_name=name).status_code == 200


def test_a_version_that_is_not_served_is_told_which_are(demo):
    message = demo.message("tools/list", revision=MODERN)
    message["params"]["_meta"][META_VERSION] = "2030-01-01"
    response = _sent(demo, message, mcp_protocol_version="2030-01-01")
    error = assert_refused(response, 400, -32022)
    assert error["data"]["requested"] == "2030-01-01"
    assert error["data"]["supported"] == [MODERN, *reversed(LEGACY)]


@pytest.mark.parametrize(
    "method",
    [
        *("initialize", "ping", "logging/setLevel", "resources/subscribe"),
        *("resources/unsubscribe", "no/such"),
    ],
)
def test_a_method_that_it_does_not_have_is_a_404(demo, method):
    response = demo.post(method, revision=MODERN)
    assert_refused(response, 404, -32601, method)
    assert isinstance(response.json()["id"], int)


def test_an_unknown_tool_is_a_400(demo):
    response = demo.post("tools/call", {"name": "no_such"}, MODERN)
    assert_refused(response, 400, -32602, "no_such")


def test_a_notification_is_accepted_and_not_answered(demo):
    message = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
    response = demo.send(message, headers=demo.headers(MODERN))
    assert (response.status_code, response.content) == (202, b"")
    assert_ours(response)


def test_a_session_header_is_ignored_and_none_is_minted(demo):
    response = demo.post("tools/list", revision=MODERN, mcp_session_id="made-up")
    assert response.status_code == 200
    assert "mcp-session-id" not in response.headers
