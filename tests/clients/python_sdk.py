"""The Python SDK: python python_sdk.py URL legacy|auto, or legacy and a command.

With a command it is the local half of a stdio bridge, as a desktop program is. As in
conversation.mjs, a line with a method comes in, a line with its answer goes out.
"""

import asyncio
import json
import os
import sys
from contextlib import AsyncExitStack

import httpx2
from mcp import Client, StdioServerParameters, types
from mcp.client.stdio import stdio_client
from mcp.client.streamable_http import streamable_http_client
from mcp.shared.exceptions import MCPError
from pydantic import TypeAdapter

_URL, _MODE, *_BRIDGE = sys.argv[1:]
_METHODS = {
    "tools/list": Client.list_tools,
    "tools/call": Client.call_tool,
    "resources/list": Client.list_resources,
    "resources/templates/list": Client.list_resource_templates,
    "resources/read": Client.read_resource,
    "prompts/list": Client.list_prompts,
    "prompts/get": Client.get_prompt,
    "completion/complete": Client.complete,
}
_REFERENCE = TypeAdapter(types.PromptReference | types.ResourceTemplateReference)


async def _transport(stack):
    if _BRIDGE:
        command, *words = _BRIDGE
        kept = ("AUTH_HEADER", "MCP_REMOTE_CONFIG_DIR")
        environment = {name: os.environ[name] for name in kept}
        return stdio_client(
            StdioServerParameters(command=command, args=words, env=environment)
        )
    headers = {"Authorization": os.environ["AUTH_HEADER"]}
    http = httpx2.AsyncClient(headers=headers, trust_env=False)
    return streamable_http_client(
        _URL, http_client=await stack.enter_async_context(http)
    )


async def _connect(stack):
    info = types.Implementation(name="bridge" if _BRIDGE else "python", version="1")
    client = Client(await _transport(stack), mode=_MODE, client_info=info)
    return await stack.enter_async_context(client)


async def _ask(client, method, params):
    if "ref" in params:
        params["ref"] = _REFERENCE.validate_python(params["ref"])
    result = await _METHODS[method](client, **params)
    return result.model_dump(by_alias=True, mode="json", exclude_none=True)


async def _converse():
    async with AsyncExitStack() as stack:
        client = None
        while line := await asyncio.to_thread(sys.stdin.readline):
            message = json.loads(line)
            try:
                if message["method"] == "connect":
                    await stack.aclose()
                    client = await _connect(stack)
                    info = client.server_info.model_dump(exclude_none=True)
                    result = {"revision": client.protocol_version, "server": info}
                else:
                    result = await _ask(client, message["method"], message["params"])
                answer = {"result": result}
            except MCPError as error:
                answer = {"error": {"code": error.code, "message": error.message}}
            print(json.dumps(answer), flush=True)


asyncio.run(_converse())
