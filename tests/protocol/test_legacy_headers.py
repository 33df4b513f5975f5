"""Which revision a legacy message is in (2025-06-18, "Protocol Version Header")."""

import pytest
from protocol import headers, revision
from protocol.errors import HeaderMismatch, UnsupportedProtocolVersion
from protocol.headers import select_revision
from protocol.jsonrpc import Notification, Request, Response

_LEGACY = [name for name, known in revision.REVISIONS.items() if not known.modern]
_MESSAGES = [
    Request(0, "tools/list", {}),
    Request(1, "initialize", {"protocolVersion": "2025-06-18"}),
    Notification("notifications/initialized", {}),
    Response(1, {}),
]


@pytest.mark.parametrize("message", _MESSAGES, ids=lambda message: type(message))
@pytest.mark.parametrize("version", _LEGACY)
def test_the_header_says_the_revision(version, message):
    for value in (version, f"  {version} "):
        chosen = select_revision({headers.PROTOCOL_VERSION: value}, message)
        assert chosen.name == version


@pytest.mark.parametrize("message", _MESSAGES, ids=lambda message: type(message))
def test_without_a_header_it_is_2025_03_26(message):
    assert select_revision({}, message).name == "2025-03-26"


@pytest.mark.parametrize("message", _MESSAGES, ids=lambda message: type(message))
@pytest.mark.parametrize("version", ["2030-01-01", "1.0", "", "2025-06", "2025-6-18"])
def test_a_version_that_is_not_served_is_refused(version, message):
    with pytest.raises(UnsupportedProtocolVersion) as refusal:
        select_revision({headers.PROTOCOL_VERSION: version}, message)
    assert refusal.value.data["requested"] == version
    assert refusal.value.data["supported"] == list(revision.REVISIONS)
    assert refusal.value.http_status == 400


def test_legacy_messages_need_none_of_the_mirrored_headers():
    sent = {
        headers.PROTOCOL_VERSION: "2025-11-25",
        headers.METHOD: "tools/list",
        headers.NAME: "other",
    }
    message = Request(1, "tools/call", {"name": "count"})
    assert select_revision(sent, message).name == "2025-11-25"


def test_a_modern_body_without_its_header_is_no_legacy_message():
    meta = {
        headers.META_PROTOCOL_VERSION: "2026-07-28",
        headers.META_CLIENT_CAPABILITIES: {},
    }
    message = Request(1, "tools/list", {"_meta": meta})
    for sent in ({}, {headers.PROTOCOL_VERSION: "2025-11-25"}):
        with pytest.raises(HeaderMismatch, match="MCP-Protocol-Version"):
            select_revision(sent, message)
