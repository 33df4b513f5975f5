"""What Odoo itself looks at before any controller: the database."""

import pytest
from endpoint import assert_refused
from raw import exchange, request_head

_PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


@pytest.mark.parametrize("name", ["no_such_database", "template1", "a/b"])
def test_a_database_that_is_not_served_is_an_error_in_json(demo, name):
    response = demo.post("ping", x_odoo_database=name)
    assert_refused(response, 400, -32600, "database")


@pytest.mark.parametrize(
    "host",
    [
        *(b"[::1", b"a b", b"<b>", b"http://a", b"", b"a:b:c"),
        *(b"localhost:99999", b"xn--", b"xn--a.example"),
    ],
)
def test_a_host_that_is_none_is_an_error_in_json(demo, host):
    head = request_head(demo, b"Content-Length: %d" % len(_PING), host=host)
    response = exchange(demo.url, head, _PING)
    assert response.status_code == 400
    assert "text/html" not in response.headers.get("content-type", "")


@pytest.mark.parametrize("target", ["/mcp/", "/mcp//", "//mcp", "///mcp///"])
def test_slashes_to_spare_lead_here_without_a_redirect(demo, target):
    length = b"Content-Length: %d" % len(_PING)
    head = request_head(demo, length, target=target)
    response = exchange(demo.url, head, _PING)
    assert response.json()["result"] == {}


def test_a_cookie_of_another_database_changes_nothing(demo, office):
    cookie = "; ".join(f"{name}={value}" for name, value in office.desk.cookies.items())
    response = demo.post("ping", cookie=cookie, x_odoo_database="no_such_database")
    assert_refused(response, 400, -32600, "database")
    assert demo.post("ping", cookie=cookie).json()["result"] == {}
