"""Who gets in: a key of a member, looked at again on every request."""

import pytest
from endpoint import Endpoint, assert_refused


def test_without_a_key_nobody_gets_in(nobody):
    assert_refused(nobody.post("ping"), 401, -32000, "Authorization: Bearer")


@pytest.mark.parametrize(
    "authorization",
    [
        *["", "Bearer", "Bearer x", "Basic YWRtaW46d3Jvbmc="],
        *["Bearer " + "0" * 40, "Bearer " + "0" * 5000, "Bearer ' OR 1=1 --"],
        "Bearer %00%00%00%00%00%00%00%00",
    ],
)
def test_a_wrong_key_looks_like_no_key(nobody, authorization):
    response = nobody.post("ping", authorization=authorization)
    assert_refused(response, 401, -32000)
    assert response.content == nobody.post("ping").content


def test_a_key_that_is_nearly_right_is_wrong(server, nobody):
    key = server.keys["demo"]
    for wrong in (key[:-1], key + "0", key.swapcase(), key[:8] + "0" * len(key[8:])):
        if wrong != key:
            response = nobody.post("ping", authorization=f"Bearer {wrong}")
            assert_refused(response, 401, -32000)


def test_the_scheme_is_read_in_any_case(server, demo):
    key = server.keys["demo"]
    response = demo.post("ping", authorization=f"bEaReR  {key}")
    assert response.status_code == 200


def test_a_web_session_does_not_get_in(office, nobody):
    cookie = f"session_id={office.desk.cookies['session_id']}"
    assert_refused(nobody.post("ping", cookie=cookie), 401, -32000)


def test_the_key_decides_who_is_calling_and_not_the_cookie(office, demo):
    cookie = f"session_id={office.desk.cookies['session_id']}"
    params = {"name": "count", "arguments": {"model": "ir.config_parameter"}}
    result = demo.post("tools/call", params, cookie=cookie).json()["result"]
    assert result["isError"] is True
    assert "ir.config_parameter" in result["content"][0]["text"]


def test_a_key_in_the_address_does_not_get_in(server, nobody):
    path = f"?access_token={server.keys['demo']}&api_key={server.keys['demo']}"
    response = nobody.send(b"{}", path=path)
    assert_refused(response, 401, -32000)


def test_a_user_outside_of_the_group_is_a_403(server, office):
    outsider = office.hire(["base.group_user"])
    with Endpoint(server.url, outsider.key) as endpoint:
        response = endpoint.post("ping")
        error = assert_refused(response, 403, -32000, "MCP / User")
        assert set(error) == {"code", "message"}
        office.write(
            "res.users",
            outsider.id,
            {"group_ids": [(4, office.reference("mcp_core.group_user"))]},
        )
        endpoint.forget_sessions()
        assert endpoint.ask("ping") == {}
    office.write("res.users", outsider.id, {"active": False})


def test_an_expired_key_is_refused_at_once(database, newcomer, newcomer_endpoint):
    assert newcomer_endpoint.ask("ping") == {}
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE res_users_apikeys SET expiration_date = now() AT TIME ZONE 'utc'"
            " - interval '1 second' WHERE user_id = %s",
            [newcomer.id],
        )
    assert_refused(newcomer_endpoint.post("ping"), 401, -32000)


def test_a_removed_key_is_refused_at_once(newcomer, newcomer_endpoint):
    _remember(newcomer_endpoint)
    newcomer.desk.remove_keys()
    _assert_refused_by_every_worker(newcomer_endpoint, 401)


def test_an_archived_user_is_refused_at_once(office, newcomer, newcomer_endpoint):
    _remember(newcomer_endpoint)
    office.write("res.users", newcomer.id, {"active": False})
    _assert_refused_by_every_worker(newcomer_endpoint, 401)
    office.write("res.users", newcomer.id, {"active": True})
    assert newcomer_endpoint.ask("ping") == {}


def test_losing_the_group_is_refused_at_once(office, newcomer, newcomer_endpoint):
    _remember(newcomer_endpoint)
    group = office.reference("mcp_core.group_user")
    office.write("res.users", newcomer.id, {"group_ids": [(3, group)]})
    _assert_refused_by_every_worker(newcomer_endpoint, 403)


def test_another_user_keeps_working_meanwhile(demo, newcomer, newcomer_endpoint):
    newcomer.desk.remove_keys()
    assert_refused(newcomer_endpoint.post("ping"), 401, -32000)
    assert demo.ask("ping") == {}


def _remember(endpoint):
    """Call often enough that every worker has verified the key and remembers it."""
    for _ in range(8):
        assert endpoint.ask("ping") == {}


def _assert_refused_by_every_worker(endpoint, status):
    for _ in range(8):
        assert_refused(endpoint.post("ping"), status, -32000)
