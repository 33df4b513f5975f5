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
_OPENING = {
    "protocolVersion": _LEGACY,
    "capabilities": {},
    "clientInfo": {"name": "bench", "version": "1"},
}
_META = "io.modelcontextprotocol"


def search(odoo: Instance, limit: int) -> Call:
    """Return tools/call of search."""
    return _mcp(odoo, "tools/call", name="search", arguments=_search_arguments(limit))


def legacy_search(odoo: Instance, limit: int) -> Call:
    """Return the same within a session, as clients of today send it."""
    session = _legacy(odoo, "initialize", _OPENING).header("mcp-session-id")
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
    """Return a ping within a session: the modern era has none."""
    session = _legacy(odoo, "initialize", _OPENING).header("mcp-session-id")
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


def peer_search(port: int, limit: int) -> Call:
    """Return the same search by another server, within a session of it."""

    def post(method, params, **headers):
        return Call.post(
            port,
            "/mcp",
            {"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
            Accept="application/json, text/event-stream",
            **headers,
        )

    session = post("initialize", _OPENING).header("mcp-session-id")
    params = {"name": "search_records", "arguments": _search_arguments(limit)}
    return post("tools/call", params, Mcp_Session_Id=session)


def ids(answer: bytes) -> list[int]:
    """Return the ids of the records of an answer, whoever gave it."""
    text = answer.decode()
    if not text.lstrip().startswith("{"):
        # an event stream, of which the last message is the answer
        lines = [line for line in text.splitlines() if line.startswith("data:")]
        text = lines[-1].removeprefix("data:")
    result = json.loads(text)["result"]
    assert not result.get("isError"), result
    return [record["id"] for record in _records_in(result["structuredContent"])]


def _records_in(structure):
    for name in ("records", "result"):
        if isinstance(structure, dict) and name in structure:
            return _records_in(structure[name])
    return structure
