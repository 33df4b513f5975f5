"""The requests, and whether two of them are answered alike."""

import json
from collections.abc import Mapping
from typing import Any

from bootstrap.instance import Instance

from .wire import Call

#: Of texts, numbers, a selection, a flag, a point in time and a related record.
FIELDS = (
    "name",
    "email",
    "phone",
    "street",
    "city",
    "zip",
    "country_id",
    "is_company",
    "type",
    "create_date",
)
_DOMAIN = [["is_company", "=", True]]
_MODERN = "2026-07-28"
_LEGACY = "2025-11-25"
_META = "io.modelcontextprotocol"


def search(odoo: Instance, limit: int) -> Call:
    """Return tools/call of search."""
    return _mcp(odoo, "tools/call", name="search", arguments=_search_arguments(limit))


def legacy_search(odoo: Instance, limit: int) -> Call:
    """Return the same within a session, as clients of today send it."""
    initialize = {
        "protocolVersion": _LEGACY,
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"},
    }
    opening = _legacy(odoo, "initialize", initialize)
    session = opening.header("mcp-session-id")
    params = {"name": "search", "arguments": _search_arguments(limit)}
    return _legacy(odoo, "tools/call", params, Mcp_Session_Id=session)


def json2(odoo: Instance, limit: int) -> Call:
    """Return search_read by Odoo's own API."""
    return Call.post(
        odoo.port,
        "/json/2/res.partner/search_read",
        {"domain": _DOMAIN, "fields": FIELDS, "limit": limit},
        Authorization=f"Bearer {odoo.keys['rpc']}",
    )


def ping(odoo: Instance) -> Call:
    # the modern era has no ping; what asks for nothing there is this
    return _mcp(odoo, "server/discover")


def legacy_ping(odoo: Instance) -> Call:
    initialize = {
        "protocolVersion": _LEGACY,
        "capabilities": {},
        "clientInfo": {"name": "bench", "version": "1"},
    }
    session = _legacy(odoo, "initialize", initialize).header("mcp-session-id")
    return _legacy(odoo, "ping", {}, Mcp_Session_Id=session)


def tools_list(odoo: Instance) -> Call:
    return _mcp(odoo, "tools/list")


def bare(odoo: Instance) -> Call:
    """Return a call of a controller that does nothing for who has a key."""
    key = f"Bearer {odoo.keys['rpc']}"
    return Call.post(odoo.port, "/mcp_bench/bare", {}, Authorization=key)


def bare_open(odoo: Instance) -> Call:
    """Return a call of one that does not even ask for a key."""
    return Call.post(odoo.port, "/mcp_bench/open", {})


def records(answer: bytes) -> list[dict[str, Any]]:
    """Return the records of an answer of search, as Odoo's own API writes them."""
    result = json.loads(answer)["result"]
    assert result["isError"] is False, result
    found = result["structuredContent"]["records"]
    assert json.loads(result["content"][0]["text"])["records"] == found
    return [{name: _as_read(value) for name, value in row.items()} for row in found]


def _as_read(value):
    if value is None:
        return False
    if isinstance(value, dict):
        return [value["id"], value["name"]]
    if isinstance(value, str) and value.endswith("+00:00"):
        return value.removesuffix("+00:00").replace("T", " ")
    return value


def _search_arguments(limit):
    return {
        "model": "res.partner",
        "domain": _DOMAIN,
        "fields": FIELDS,
        "limit": limit,
    }


def _mcp(odoo: Instance, method: str, **params: Any) -> Call:
    meta = {
        f"{_META}/protocolVersion": _MODERN,
        f"{_META}/clientCapabilities": {},
        f"{_META}/clientInfo": {"name": "bench", "version": "1"},
    }
    headers = {"Mcp_Method": method}
    if "name" in params:
        headers["Mcp_Name"] = params["name"]
    return _post(odoo, method, {**params, "_meta": meta}, _MODERN, headers)


def _legacy(odoo, method, params, **headers):
    return _post(odoo, method, params, _LEGACY, headers)


def _post(
    odoo: Instance,
    method: str,
    params: Mapping[str, Any],
    revision: str,
    headers: Mapping[str, str],
) -> Call:
    return Call.post(
        odoo.port,
        "/mcp",
        {"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
        Accept="application/json, text/event-stream",
        Authorization=f"Bearer {odoo.keys['mcp']}",
        MCP_Protocol_Version=revision,
        **headers,
    )
