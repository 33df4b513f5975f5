"""Calls that ask their client something and wait for its answer (legacy era)."""

import httpx
from endpoint import LATEST_LEGACY, MODERN


def with_elicitation(caller):
    """Return the headers of a new legacy session whose client can be asked."""
    opened = caller.send(
        caller.message(
            "initialize",
            {
                "protocolVersion": LATEST_LEGACY,
                "capabilities": {"elicitation": {}},
                "clientInfo": {"name": "live-tests", "version": "1"},
            },
        ),
        headers=caller.headers(MODERN, mcp_protocol_version=None),
    )
    return caller.headers(
        LATEST_LEGACY, mcp_session_id=opened.headers["mcp-session-id"]
    )


def question(caller, headers):
    """Return the stream of a call that asks its client, not opened yet."""
    message = caller.message(
        "tools/call", {"name": "test_elicitation", "arguments": {"message": "Who?"}}
    )
    return httpx.stream("POST", caller.url, json=message, headers=headers, timeout=20)
