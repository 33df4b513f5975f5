"""What the transport refuses: verbs, origins, media types, lengths, bytes."""

import pytest
from endpoint import assert_ours, assert_refused
from raw import exchange, request_head

_LIMIT = 4 * 1024 * 1024
_PING = b'{"jsonrpc":"2.0","id":1,"method":"ping"}'


@pytest.mark.parametrize("verb", ["GET", "PUT", "PATCH", "TRACE", "BREW"])
def test_another_verb_is_a_405_that_allows_post(demo, verb):
    response = demo.send(method=verb)
    assert_refused(response, 405, -32600)
    assert response.headers["allow"] == "POST, DELETE"


def test_a_head_is_a_405_without_a_body(demo):
    response = demo.send(method="HEAD")
    assert (response.status_code, response.content) == (405, b"")
    assert response.headers["allow"] == "POST, DELETE"
    assert_ours(response)


def test_options_tells_what_is_allowed_and_grants_no_origin(nobody):
    response = nobody.send(method="OPTIONS")
    assert (response.status_code, response.content) == (204, b"")
    assert response.headers["allow"] == "POST, DELETE"
    assert "access-control-allow-origin" not in response.headers
    assert_ours(response)


@pytest.mark.parametrize("verb", ["GET", "DELETE", "PUT"])
def test_another_verb_without_a_key_is_a_refusal_too(nobody, verb):
    assert_refused(nobody.send(method=verb), 401, -32000)


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", "", "own", "*"])
@pytest.mark.parametrize("verb", ["POST", "OPTIONS", "GET"])
def test_a_foreign_origin_is_a_403_before_anything_else(server, demo, verb, origin):
    origin = server.web_url if origin == "own" else origin
    for changes in ({}, {"authorization": None}):
        headers = demo.headers(origin=origin, **changes)
        response = demo.send(_PING, method=verb, headers=headers)
        assert_refused(response, 403, -32000)
        assert "access-control-allow-origin" not in response.headers


def test_a_host_that_agrees_with_a_foreign_origin_does_not_help(demo):
    evil = "evil.example.com"
    headers = demo.headers(origin=f"http://{evil}", host=evil)
    assert_refused(demo.send(_PING, headers=headers), 403, -32000)


@pytest.mark.parametrize("path", ["", "/", "?debug=1", "/?db=other"])
def test_it_answers_with_and_without_a_slash_and_never_redirects(demo, path):
    response = demo.send(_PING, path=path)
    assert response.status_code == 200
    assert response.json() == {"jsonrpc": "2.0", "id": 1, "result": {}}
    assert_ours(response)


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"accept": "text/html"}, 406),
        ({"accept": "text/event-stream"}, 406),
        ({"accept": "application/json;q=0"}, 406),
        ({"content_type": "text/plain"}, 415),
        ({"content_type": "application/x-www-form-urlencoded"}, 415),
        ({"content_type": "multipart/form-data; boundary=x"}, 415),
        ({"content_type": None}, 415),
        ({"content_encoding": "gzip"}, 415),
        ({"content_encoding": "br, gzip"}, 415),
    ],
)
def test_what_is_not_plain_json_is_refused(demo, changes, status):
    response = demo.send(_PING, headers=demo.headers(**changes))
    assert_refused(response, status, -32600)


@pytest.mark.parametrize(
    "body",
    [
        *[b"", b"{", b"\xff", b"\x1f\x8b\x08", b"method=ping", b"[NaN]", b"[1e999]"],
        *[b'{"id":1,"id":2}', rb'"\ud800"', rb'"\u0000"', b"9" * 30],
        b"[" * 100_000,
        b"[" + b"0," * 60_000 + b"0]",
    ],
    ids=lambda body: repr(body[:16]),
)
def test_what_is_not_json_is_a_parse_error_without_an_id(demo, body):
    response = demo.send(body)
    assert_refused(response, 400, -32700)
    assert "id" not in response.json()


@pytest.mark.parametrize(
    "body", [b"1", b"null", b"[]", b"{}", b"[%b]" % _PING, b'{"jsonrpc":"2.0"}']
)
def test_json_that_is_no_message_is_an_invalid_request(demo, body):
    assert_refused(demo.send(body), 400, -32600)


def test_a_body_of_4_mib_is_read_and_a_byte_more_is_not(demo):
    filled = _PING[:-1] + b',"x":"' + b"x" * (_LIMIT - len(_PING) - 7) + b'"}'
    assert len(filled) == _LIMIT
    assert demo.send(filled).status_code == 200
    assert_refused(demo.send(filled + b" "), 413, -32600)


def test_a_length_over_the_limit_is_refused_before_the_body_comes(demo):
    head = request_head(demo, b"Content-Length: 99999999999")
    assert_refused(exchange(demo.url, head), 413, -32600)


def test_a_chunked_body_is_a_411(demo):
    head = request_head(demo, b"Transfer-Encoding: chunked")
    chunk = b"%x\r\n%b\r\n0\r\n\r\n" % (len(_PING), _PING)
    assert_refused(exchange(demo.url, head, chunk), 411, -32600)


def test_no_length_at_all_is_a_411(demo):
    assert_refused(exchange(demo.url, request_head(demo)), 411, -32600)


@pytest.mark.parametrize("length", [b"-1", b"abc", b"1e3", b"0x10", b"", b"+5", b"5 5"])
def test_a_length_that_is_no_number_is_refused(demo, length):
    head = request_head(demo, b"Content-Length: " + length)
    response = exchange(demo.url, head, end=True)
    assert 400 <= response.status_code < 500
    assert_refused(response, response.status_code, response.json()["error"]["code"])


def test_a_body_that_ends_early_is_refused(demo):
    head = request_head(demo, b"Content-Length: 500")
    response = exchange(demo.url, head, _PING, end=True)
    assert_refused(response, 400, response.json()["error"]["code"])


def test_bytes_that_are_no_text_in_a_header_are_refused(demo):
    head = request_head(demo, b"X-Odd: \xff\xfe\x80", b"Content-Length: 40")
    response = exchange(demo.url, head, _PING)
    assert response.json()["result"] == {}
    head = request_head(demo, b"Origin: \xff\x00", b"Content-Length: 40")
    assert_refused(exchange(demo.url, head, _PING), 403, -32000)


def test_no_discovery_of_oauth_is_offered(server, nobody):
    for name in (
        "oauth-authorization-server",
        "oauth-protected-resource",
        "openid-configuration",
    ):
        for path in (f"/.well-known/{name}", f"/.well-known/{name}/mcp"):
            head = f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
            response = exchange(server.url, head.encode())
            assert response.status_code == 404, path
    challenge = nobody.send(_PING).headers["www-authenticate"]
    assert "resource_metadata" not in challenge


def test_a_request_without_a_host_is_refused(server):
    head = b"POST /mcp HTTP/1.0\r\nContent-Type: application/json\r\n"
    response = exchange(server.url, head + b"Content-Length: 2\r\n\r\n{}")
    assert response.status_code == 400
    assert "Host" in response.json()["error"]["message"]
