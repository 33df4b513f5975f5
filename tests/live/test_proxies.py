"""Whose address counts behind a proxy, where Odoo itself believes proxies too."""

import pytest
from endpoint import MODERN, Endpoint
from raw import exchange, whole_request

_DENIED = "203.0.113.66"
_OTHER = "203.0.113.77"
_PREPARE = """
def main(env, denied):
    env["mcp.ip.rule"].create({"network": denied, "action": "deny"})
"""
_TRUST = """
def main(env, proxies):
    env["ir.config_parameter"].set_param("mcp_security.trusted_proxies", proxies)
"""
#: Sent by a proxy, beside whom it talks to: without it Odoo believes nothing.
_HOST = ("X-Forwarded-Host", "odoo.example.com")


def _for(*hops):
    return [("X-Forwarded-For", hop) for hop in hops]


@pytest.fixture(scope="module", params=["", "127.0.0.1"], ids=["odoo", "listed"])
def front(request):
    """(a server in Odoo's proxy mode, whether we trust proxies of our own list)."""
    from bootstrap.instance import Instance

    with Instance.clone(
        workers=2, channels="root:0", options={"proxy_mode": True}
    ) as instance:
        instance.stop()
        instance.shell(_PREPARE, denied=_DENIED)
        instance.shell(_TRUST, proxies=request.param)
        instance.start()
        yield instance, bool(request.param)


@pytest.mark.parametrize(
    ("headers", "by_odoo", "by_list"),
    [
        ([], False, False),
        (_for(_DENIED), False, True),
        ([*_for(_DENIED), _HOST], True, True),
        ([*_for(f"{_OTHER}, {_DENIED}"), _HOST], True, True),
        ([*_for(_OTHER, _DENIED), _HOST], True, True),
        ([*_for(f"{_DENIED}, {_OTHER}"), _HOST], False, False),
        ([*_for(_DENIED, _OTHER), _HOST], False, False),
        ([*_for(f"::ffff:{_DENIED}"), _HOST], True, True),
        ([*_for(f"{_DENIED}:4711"), _HOST], True, True),
        # a second proxy, which only we know
        ([*_for(f"{_DENIED}, 127.0.0.1"), _HOST], False, True),
        # what makes no sense is refused wherever there are rules
        ([*_for(f"{_OTHER}, garbage"), _HOST], True, True),
        ([("X-Real-IP", _DENIED), ("Forwarded", f"for={_DENIED}")], False, False),
    ],
)
def test_the_last_hop_counts(front, headers, by_odoo, by_list):
    instance, listed = front
    with Endpoint(instance.url, instance.keys["demo"]) as endpoint:
        message = endpoint.message("server/discover", revision=MODERN)
        request = whole_request(
            endpoint, message, revision=MODERN, mcp_method="server/discover"
        )
        head, end, body = request.partition(b"\r\n\r\n")
        more = "".join(f"\r\n{name}: {value}" for name, value in headers).encode()
        response = exchange(instance.url, head + more + end + body)
    denied = by_list if listed else by_odoo
    assert response.status_code == (403 if denied else 200), response.text
    assert response.headers["content-type"] == "application/json"
