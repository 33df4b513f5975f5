"""The official Python SDK as the client, in the modern and in the legacy era."""

import asyncio
from contextlib import asynccontextmanager

import httpx2
import pytest
from endpoint import LATEST_LEGACY, MODERN
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError

_TOOLS = {"list_models", "search", "read", "count", "create", "write", "method_call"}
_COMPANIES = [["is_company", "=", True]]

pytestmark = pytest.mark.parametrize(
    ("mode", "revision"), [("auto", MODERN), ("legacy", LATEST_LEGACY)]
)


@asynccontextmanager
async def _connect(server, mode, login="demo"):
    headers = {"Authorization": f"Bearer {server.keys[login]}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False) as http:
        transport = streamable_http_client(server.url, http_client=http)
        async with Client(transport, mode=mode) as client:
            yield client


async def _structured(client, tool, **arguments):
    result = await client.call_tool(tool, arguments)
    assert not result.is_error, result.content
    return result.structured_content


def test_it_connects_and_learns_who_answers(server, mode, revision):
    async def scenario():
        async with _connect(server, mode) as client:
            assert client.protocol_version == revision
            assert client.server_info.name == "odoo-mcp"
            assert client.server_capabilities.tools is not None
            assert "list_models" in client.instructions

    asyncio.run(scenario())


def test_it_lists_the_tools_with_their_schemas(server, mode, revision):
    async def scenario():
        async with _connect(server, mode) as client:
            tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert _TOOLS <= set(tools)
        for tool in tools.values():
            assert tool.title and tool.description
            assert tool.input_schema["type"] == "object"
            assert tool.input_schema["additionalProperties"] is False
            assert tool.output_schema["type"] == "object"
            assert tool.annotations.read_only_hint is not None
            for name, property_schema in tool.input_schema["properties"].items():
                assert property_schema["description"], name
        assert tools["read"].input_schema["required"] == ["model", "ids"]
        assert tools["count"].output_schema["required"] == ["count"]

    asyncio.run(scenario())


def test_it_finds_reads_and_counts_demo_partners(server, mode, revision):
    async def scenario():
        async with _connect(server, mode) as client:
            found = await _structured(
                client,
                "search",
                model="res.partner",
                domain=_COMPANIES,
                fields=["name", "country_id"],
                limit=1000,
            )
            assert found["has_more"] is False
            records = found["records"]
            assert all(record["name"] for record in records)
            counted = await _structured(
                client, "count", model="res.partner", domain=_COMPANIES
            )
            assert counted == {"count": len(records)}
            assert counted["count"] > 3
            first, last = records[0]["id"], records[-1]["id"]
            read = await _structured(
                client, "read", model="res.partner", ids=[last, first], fields=["name"]
            )
            assert [record["id"] for record in read["records"]] == [last, first]
            assert read["records"][1]["name"] == records[0]["name"]
            assert read["not_found"] == []

    asyncio.run(scenario())


def test_it_finds_models_by_words(server, mode, revision):
    async def scenario():
        async with _connect(server, mode) as client:
            found = await _structured(client, "list_models", words="contact")
            models = {model["model"]: model for model in found["models"]}
            assert "read" in models["res.partner"]["operations"]
            assert found["total"] >= len(models)

    asyncio.run(scenario())


def test_bad_arguments_are_a_result_that_names_them(server, mode, revision):
    async def scenario():
        async with _connect(server, mode) as client:
            for tool, arguments, words in (
                ("search", {}, "model"),
                ("search", {"model": "res.partner", "limit": 0}, "limit"),
                ("read", {"model": "res.partner", "ids": ["7"]}, "ids[0]"),
                ("count", {"model": "res.partner", "domian": []}, "domian"),
                ("search", {"model": "res.partner", "fields": ["nmae"]}, "nmae"),
                ("search", {"model": "res.parter"}, "res.partner"),
            ):
                result = await client.call_tool(tool, arguments)
                assert result.is_error, (tool, arguments)
                assert words in result.content[0].text

    asyncio.run(scenario())


def test_an_unknown_tool_is_an_error_of_the_protocol(server, mode, revision):
    async def scenario():
        async with _connect(server, mode) as client:
            with pytest.raises(MCPError, match="no_such_tool") as failure:
                await client.call_tool("no_such_tool", {})
            assert failure.value.error.code == -32602

    asyncio.run(scenario())


def test_two_clients_at_once_get_their_own_answers(server, mode, revision):
    async def scenario():
        async with (
            _connect(server, mode, "demo") as demo,
            _connect(server, mode, "admin") as admin,
        ):
            ids = [record["id"] for record in await _partners(demo)]
            answers = await asyncio.gather(
                *(
                    _structured(client, "read", model="res.partner", ids=[one])
                    for one in ids
                    for client in (demo, admin)
                )
            )
            answered = [answer["records"][0]["id"] for answer in answers]
            assert answered == [one for one in ids for _client in range(2)]

    async def _partners(client):
        found = await _structured(client, "search", model="res.partner", limit=10)
        return found["records"]

    asyncio.run(scenario())
