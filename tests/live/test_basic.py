"""HTTP Basic at servers as they run, with all apps and Odoo's second factors."""

import base64
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from endpoint import LATEST_LEGACY, MODERN, Endpoint, assert_refused

_MEMBER = ("base.group_user", "mcp_core.group_user")
_CLIENTS = 8

#: Answers to password and key by Basic, password and key as bearer.
_MATRIX = {
    "plain": (200, 200, 401, 200),
    "totp": (401, 200, 401, 200),
    "archived": (401, 401, 401, 401),
    "demoted": (403, 403, 401, 403),
    "portal": (403, 403, 401, 403),
    "expired key": (200, 401, 401, 401),
    "wrong scope": (200, 401, 401, 401),
}

#: What an administrator changes, and what Odoo does by itself in time.
_CHANGES = {
    "archived": {"active": False},
    "demoted": {"group_ids": [(3, "mcp_core.group_user")]},
    "portal": {"group_ids": [(5,), (4, "base.group_portal")]},
}
_STATEMENTS = {
    "totp": "UPDATE res_users SET totp_secret = 'JBSWY3DPEHPK3PXP' WHERE id = %s",
    "expired key": (
        "UPDATE res_users_apikeys SET expiration_date = now() AT TIME ZONE 'utc'"
        " - interval '1 second' WHERE user_id = %s"
    ),
    "wrong scope": "UPDATE res_users_apikeys SET scope = 'other' WHERE user_id = %s",
}


def basic(login, secret):
    return "Basic " + base64.b64encode(f"{login}:{secret}".encode()).decode()


def bearer(_login, secret):
    return f"Bearer {secret}"


def send(endpoint, authorization):
    return endpoint.post(
        "server/discover", revision=MODERN, authorization=authorization
    )


def alter(office, database, employee, state):
    """Make the employee one of `_MATRIX`."""
    if values := _CHANGES.get(state):
        commands = [
            (command, office.reference(*name)) if name else (command,)
            for command, *name in values.get("group_ids", ())
        ]
        office.write(
            "res.users",
            employee.id,
            values | ({"group_ids": commands} if commands else {}),
        )
    if statement := _STATEMENTS.get(state):
        with database.cursor() as cursor:
            cursor.execute(statement, [employee.id])
            assert cursor.rowcount


@pytest.fixture
def employee(office):
    """Somebody in MCP / User; their password is their login."""
    employee = office.hire(_MEMBER)
    yield employee
    office.write("res.users", employee.id, {"active": False})


@pytest.mark.parametrize("state", _MATRIX)
def test_the_matrix_of_users_secrets_and_schemes(
    office, database, nobody, employee, state
):
    # remembered before, so that nothing but the hash is skipped afterwards
    assert send(nobody, basic(employee.login, employee.login)).status_code == 200
    alter(office, database, employee, state)
    answers = tuple(
        send(nobody, scheme(employee.login, secret)).status_code
        for scheme in (basic, bearer)
        for secret in (employee.login, employee.key)
    )
    assert answers == _MATRIX[state]


def test_where_everybody_needs_a_second_factor_passwords_are_refused(
    office, nobody, employee
):
    if not office.desk.call(
        "ir.module.module",
        "search_count",
        [("name", "=", "auth_totp_mail"), ("state", "=", "installed")],
    ):
        pytest.skip("the policy belongs to auth_totp_mail")
    password = basic(employee.login, employee.login)
    assert send(nobody, password).status_code == 200
    set_param = "auth_totp.policy"
    office.desk.call("ir.config_parameter", "set_param", set_param, "employee_required")
    try:
        for _ in range(4):
            assert_refused(send(nobody, password), 401, -32000)
        key = basic(employee.login, employee.key)
        assert send(nobody, key).status_code == 200
    finally:
        office.desk.call("ir.config_parameter", "set_param", set_param, False)
    assert send(nobody, password).status_code == 200


def test_every_worker_refuses_the_old_password_at_once(office, nobody, employee):
    old = basic(employee.login, employee.login)
    for _ in range(8):
        assert send(nobody, old).status_code == 200
    office.write("res.users", employee.id, {"password": "another horse"})
    for _ in range(6):
        assert_refused(send(nobody, old), 401, -32000)
    assert send(nobody, basic(employee.login, "another horse")).status_code == 200


def test_a_session_is_known_to_every_worker(server, office, employee):
    authorization = basic(employee.login, employee.login)
    with Endpoint(server.url) as endpoint:
        opened = endpoint.send(
            endpoint.message(
                "initialize",
                {
                    "protocolVersion": LATEST_LEGACY,
                    "capabilities": {},
                    "clientInfo": {"name": "live-tests", "version": "1"},
                },
            ),
            headers=endpoint.headers(authorization=authorization),
        )
        session = opened.headers["mcp-session-id"]
    for _ in range(8):
        # a connection of its own each, for whichever worker takes it
        with Endpoint(server.url) as endpoint:
            response = endpoint.post(
                "ping", authorization=authorization, mcp_session_id=session
            )
            assert response.json()["result"] == {}


def test_refusals_of_all_workers_are_alike_byte_by_byte(nobody, employee):
    expected = nobody.post("server/discover", revision=MODERN)
    for authorization in (
        *[basic(employee.login, "wrong horse"), basic("nobody", employee.key)] * 2,
        *["Basic !", basic(employee.login, employee.key[:-1] + "x")],
    ):
        response = send(nobody, authorization)
        assert_refused(response, 401, -32000)
        assert response.content == expected.content
        assert _lasting(response) == _lasting(expected)
    assert expected.headers.get_list("www-authenticate") == [
        'Bearer realm="Odoo MCP"',
        'Basic realm="Odoo MCP", charset="UTF-8"',
    ]


def test_200_logins_at_once_are_not_in_each_others_way(server, database, employee):
    if server.log is None:
        pytest.skip("the log of a server that is not ours is out of reach")
    # of fewer rounds than Odoo wants today: a login on the web would replace it
    stored = _stored(employee.login, rounds=25_000)
    with database.cursor() as cursor:
        cursor.execute(
            "UPDATE res_users SET password = %s WHERE id = %s", [stored, employee.id]
        )
        cursor.execute("SELECT count(*) FROM res_users_log")
        (logins,) = cursor.fetchone()
    begun = server.log.stat().st_size

    def client(_number):
        with Endpoint(server.url) as endpoint:
            authorization = basic(employee.login, employee.login)
            return {send(endpoint, authorization).status_code for _ in range(25)}

    with ThreadPoolExecutor(_CLIENTS) as pool:
        assert set().union(*pool.map(client, range(_CLIENTS))) == {200}
    with server.log.open(errors="replace") as log:
        log.seek(begun)
        told = log.read()
    assert "serializ" not in told
    with database.cursor() as cursor:
        cursor.execute("SELECT password FROM res_users WHERE id = %s", [employee.id])
        assert cursor.fetchone() == (stored,)
        cursor.execute("SELECT count(*) FROM res_users_log")
        assert cursor.fetchone() == (logins,)


def test_the_log_knows_no_password(server, nobody, employee):
    if server.log is None:
        pytest.skip("the log of a server that is not ours is out of reach")
    right = basic(employee.login, employee.login)
    wrong = basic(f"{employee.login}-canary", "canary horse")
    assert send(nobody, right).status_code == 200
    assert send(nobody, wrong).status_code == 401
    told = server.log.read_text(errors="replace")
    for word in (right[6:], wrong[6:], "canary", "horse"):
        assert word not in told


def _stored(password, rounds):
    """Return the hash of a password as Odoo keeps it, in passlib's form."""
    salt = b"16 bytes of salt"
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, rounds)
    encoded = (base64.b64encode(part, b"./").decode() for part in (salt, digest))
    salt, digest = (part.rstrip("=") for part in encoded)
    return f"$pbkdf2-sha512${rounds}${salt}${digest}"


def _lasting(response):
    """Return the headers of an answer that do not tell the time."""
    return [
        (name, value)
        for name, value in response.headers.multi_items()
        if name != "date"
    ]
