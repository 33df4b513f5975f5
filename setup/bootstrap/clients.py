"""How to connect: set-up of MCP clients, ready to paste."""

import json
import textwrap

_NAME = "odoo"


def describe(url: str, key: str) -> str:
    """Set-up for Claude Code, Claude Desktop, VS Code, Cursor and curl, for one key."""
    authorization = f"Bearer {key}"
    headers = {"Authorization": authorization}
    return "\n".join(
        [
            "Claude Code",
            f"  claude mcp add --transport http {_NAME} {url} \\",
            f'    --header "Authorization: {authorization}"',
            "",
            "Claude Desktop, claude_desktop_config.json",
            _json({"mcpServers": {_NAME: _bridge(url, authorization)}}),
            "",
            "VS Code, .vscode/mcp.json",
            _json(
                {"servers": {_NAME: {"type": "http", "url": url, "headers": headers}}}
            ),
            "",
            "Cursor, .cursor/mcp.json",
            _json({"mcpServers": {_NAME: {"url": url, "headers": headers}}}),
            "",
            "curl",
            f"  curl {url} \\",
            f'    -H "Authorization: {authorization}" \\',
            '    -H "Content-Type: application/json" \\',
            '    -H "Accept: application/json, text/event-stream" \\',
            f"    -d '{json.dumps(_INITIALIZE)}'",
        ]
    )


_INITIALIZE = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "curl", "version": "8"},
    },
}


def _bridge(url: str, authorization: str) -> dict:
    """For a client that starts a program; it may not pass on spaces in arguments."""
    header = ["--header", "Authorization:${AUTH}"]
    return {
        "command": "npx",
        "args": ["-y", "mcp-remote", url, *header, "--allow-http"],
        "env": {"AUTH": authorization},
    }


def _json(value: dict) -> str:
    return textwrap.indent(json.dumps(value, indent=2), "  ")
