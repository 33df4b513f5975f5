"""Modern requests: `_meta`, then headers equal body, then the version (2026-07-28).

A row of a table below is a request that is right but for what the row changes; where
it is wrong twice, the earlier check has to speak.
"""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st
from protocol import headers, revision
from protocol.errors import HeaderMismatch, InvalidParams, UnsupportedProtocolVersion
from protocol.headers import decode_value, select_revision
from protocol.jsonrpc import Notification, Request, Response

MODERN = "2026-07-28"
_META = {
    headers.META_PROTOCOL_VERSION: MODERN,
    headers.META_CLIENT_CAPABILITIES: {},
}


def _sent(**changes):
    """Return headers for `tools/call` of `count`; ``None`` leaves one out."""
    sent = {
        headers.PROTOCOL_VERSION: changes.get("version", MODERN),
        headers.METHOD: changes.get("method", "tools/call"),
        headers.NAME: changes.get("name", "count"),
    }
    return {name: value for name, value in sent.items() if value is not None}


def _call(name="count", **meta):
    changed = {
        headers.META_PROTOCOL_VERSION: meta.get("version", MODERN),
        headers.META_CLIENT_CAPABILITIES: meta.get("capabilities", {}),
    }
    changed = {key: value for key, value in changed.items() if value is not None}
    return Request(1, "tools/call", {"name": name, "_meta": changed})


def _base64(text):
    return f"=?base64?{base64.b64encode(text.encode()).decode()}?="


@pytest.mark.parametrize(
    ("method", "params", "name"),
    [
        ("server/discover", {}, None),
        ("tools/list", {}, None),
        ("tools/call", {"name": "count"}, "count"),
        ("prompts/get", {"name": "visit"}, "visit"),
        ("resources/read", {"uri": "odoo://res.partner/1"}, "odoo://res.partner/1"),
        ("tools/call", {"name": "größe"}, _base64("größe")),
        ("tools/call", {"name": "plain"}, _base64("plain")),
    ],
)
def test_a_request_whose_headers_repeat_its_body_is_modern(method, params, name):
    message = Request("a", method, {**params, "_meta": _META})
    chosen = select_revision(_sent(method=method, name=name), message)
    assert chosen is revision.REVISIONS[MODERN]


@pytest.mark.parametrize(
    ("sent", "message", "error"),
    [
        # the members of _meta
        (_sent(), Request(1, "tools/call", {"name": "count"}), InvalidParams),
        (_sent(), _call(version=None), InvalidParams),
        (_sent(), _call(version=20260728), InvalidParams),
        (_sent(), _call(capabilities=None), InvalidParams),
        (_sent(), _call(capabilities=[]), InvalidParams),
        (_sent(method=None, name=None), _call(capabilities=None), InvalidParams),
        ({}, _call(capabilities=None), InvalidParams),
        (_sent(version="2030-01-01"), _call(capabilities=None), InvalidParams),
        # the headers and the body
        (_sent(version=None), _call(), HeaderMismatch),
        (_sent(version="2025-11-25"), _call(), HeaderMismatch),
        (_sent(version="2030-01-01"), _call(), HeaderMismatch),
        (_sent(), _call(version="2030-01-01"), HeaderMismatch),
        (_sent(method=None), _call(), HeaderMismatch),
        (_sent(method="tools/list"), _call(), HeaderMismatch),
        (_sent(method="Tools/Call"), _call(), HeaderMismatch),
        (_sent(name=None), _call(), HeaderMismatch),
        (_sent(name="search"), _call(), HeaderMismatch),
        (_sent(name="=?base64?!!!?="), _call(), HeaderMismatch),
        (_sent(name="=?base64?/w==?="), _call(), HeaderMismatch),
        (_sent(name="=?base64?Y29!1bnQ=?="), _call(), HeaderMismatch),
        # the version
        (
            _sent(version="2030-01-01"),
            _call(version="2030-01-01"),
            UnsupportedProtocolVersion,
        ),
    ],
)
def test_the_first_check_that_fails_answers(sent, message, error):
    with pytest.raises(error) as refusal:
        select_revision(sent, message)
    assert type(refusal.value) is error
    assert refusal.value.http_status == 400


@pytest.mark.parametrize(
    ("method", "parameter"),
    [("tools/call", "name"), ("prompts/get", "name"), ("resources/read", "uri")],
)
@pytest.mark.parametrize("name", [None, "other"])
def test_what_is_asked_for_by_name_repeats_the_name(method, parameter, name):
    message = Request(1, method, {parameter: "mine", "_meta": _META})
    with pytest.raises(HeaderMismatch, match="Mcp-Name"):
        select_revision(_sent(method=method, name=name), message)


@pytest.mark.parametrize(
    "sent",
    [
        _sent(version="2030-01-01", method=None),
        _sent(version="2030-01-01", method="tools/list"),
        _sent(version="2030-01-01", name="search"),
    ],
)
def test_a_client_that_contradicts_itself_hears_that_before_its_version(sent):
    with pytest.raises(HeaderMismatch):
        select_revision(sent, _call(version="2030-01-01"))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_any_name_can_be_sent_in_base64_and_no_other_one_fits(name):
    chosen = select_revision(_sent(name=_base64(name)), _call(name))
    assert chosen.modern
    with pytest.raises(HeaderMismatch):
        select_revision(_sent(name=_base64(name + "x")), _call(name))


@given(st.text() | st.text("=?base64YWJj", max_size=30).map("=?base64?{}?=".format))
def test_a_header_value_is_decoded_or_refused(value):
    try:
        decoded = decode_value(value)
    except HeaderMismatch:
        assert value.startswith("=?base64?")
    else:
        assert decoded == value or value.startswith("=?base64?")


@pytest.mark.parametrize("sent", [_sent(), _sent(method=None, name=None)])
def test_a_notification_may_leave_out_meta_and_mirrored_headers(sent):
    for params in ({}, {"_meta": _META}):
        message = Notification("notifications/cancelled", params)
        if headers.METHOD in sent:
            with pytest.raises(HeaderMismatch):
                select_revision(sent, message)
        else:
            assert select_revision(sent, message).modern


def test_a_posted_response_needs_the_version_header_only():
    assert select_revision(_sent(method=None, name=None), Response(1, {})).modern


@given(st.dictionaries(st.sampled_from([*_META, "x"]), st.none() | st.text()))
def test_no_meta_does_worse_than_a_refusal(meta):
    message = Request(1, "tools/list", {"_meta": meta})
    with pytest.raises((InvalidParams, HeaderMismatch)):
        select_revision(_sent(), message)
