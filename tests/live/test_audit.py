"""The audit trail on real servers: retries, clients that leave, and secrets."""

import base64
import secrets
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager

import locks
import pytest
from endpoint import LATEST_LEGACY, MODERN, Endpoint
from raw import exchange, request_head

_AT_ONCE = 8


@pytest.fixture
def trail(database):
    """Rows by a query on the server's database."""

    def rows(query, *parameters):
        with database.cursor() as cr:
            cr.execute(query, parameters or None)
            return cr.fetchall()

    return rows


def _kinds(trail, tool, since):
    return trail(
        """
        SELECT request_id, array_agg(kind ORDER BY id), max(outcome)
          FROM mcp_audit_event WHERE tool = %s AND id > %s GROUP BY request_id
        """,
        tool,
        since,
    )


def _last(trail):
    return trail("SELECT COALESCE(max(id), 0) FROM mcp_audit_event")[0][0]


def test_retries_double_nothing(server, admin, trail):
    """All write the same record at once: most fail to serialise, and run again."""
    [partner] = admin.call("create", model="res.partner", records=[{"name": "Busy"}])[
        "records"
    ]
    log = server.log.stat().st_size
    since = _last(trail)

    def write(number):
        with Endpoint(server.url, server.keys["admin"], patience=60) as endpoint:
            endpoint.call(
                "write",
                model="res.partner",
                ids=[partner["id"]],
                values={"comment": f"<p>{number}</p>"},
            )

    with ThreadPoolExecutor(_AT_ONCE) as pool:
        list(pool.map(write, range(2 * _AT_ONCE)))
    with server.log.open("rb") as file:
        file.seek(log)
        retried = file.read().count(b"try again in")
    assert retried, "nothing was retried: the test shows nothing"
    events = _kinds(trail, "write", since)
    assert len(events) == 2 * _AT_ONCE
    for _request, kinds, outcome in events:
        assert kinds == ["request.begun", "request.finished"]
        assert outcome == "success"


def test_every_answer_has_its_event_when_it_arrives(admin, trail):
    since = _last(trail)
    for number in range(20):
        admin.call("count", model="res.partner", domain=[["id", "<", number]])
        assert len(_kinds(trail, "count", since)) == number + 1


@pytest.fixture
def broken(database):
    """Keep anything from being appended to the trail, for the time of a block."""
    function, gone = "mcp_audit_append(jsonb, jsonb)", "mcp_audit_append_gone"

    @contextmanager
    def block():
        with database.cursor() as cr:
            cr.execute(f"ALTER FUNCTION {function} RENAME TO {gone}")
            try:
                yield
            finally:
                cr.execute(
                    f"ALTER FUNCTION {gone}(jsonb, jsonb) RENAME TO mcp_audit_append"
                )

    return block


@pytest.mark.parametrize("revision", [LATEST_LEGACY, MODERN])
def test_no_answer_without_its_event(admin, trail, broken, revision):
    """Reading or writing, said by a tool or by the protocol, alone or in a batch."""
    name = f"Unrecorded {uuid.uuid4()}"
    looked_for = {"model": "res.partner", "domain": [["name", "=", name]]}
    created = {"model": "res.partner", "records": [{"name": name}]}
    messages = [
        ("tools/call", {"name": "count", "arguments": looked_for}),
        ("tools/call", {"name": "create", "arguments": created}),
        ("tools/list", {}),
    ]
    # the session, and that of the batch
    admin.headers(revision)
    batching = admin.headers("2025-03-26")
    since = _last(trail)
    with broken():
        for method, params in messages:
            response = admin.post(method, params, revision)
            assert response.status_code == 503, response.text
            assert "audit trail" in response.json()["error"]["message"]
            assert name not in response.text
        batch = [admin.message(*message) for message in messages]
        response = admin.send(batch, headers=batching)
        assert response.status_code == 503, response.text
    assert _last(trail) == since
    for method, params in messages:
        assert admin.post(method, params, revision).status_code == 200
    assert admin.call("count", **looked_for)["count"] == 1
    outcomes = trail(
        "SELECT outcome FROM mcp_audit_event WHERE id > %s AND outcome IS NOT NULL",
        since,
    )
    assert outcomes == [("success",)] * (len(messages) + 1)


def test_a_call_whose_connection_ends_has_its_event(server, trail, database):
    """One that only reads, too: its connection is ended while it waits for a table."""
    since = _last(trail)
    blocker = server.instance.connect()
    with (
        ThreadPoolExecutor() as pool,
        Endpoint(server.url, server.keys["admin"]) as caller,
        closing(blocker),
    ):
        caller.headers()  # opens the session
        blocker.cursor().execute("LOCK TABLE res_partner IN ACCESS EXCLUSIVE MODE")
        params = {"name": "count", "arguments": {"model": "res.partner"}}
        answer = pool.submit(caller.post, "tools/call", params)
        trail("SELECT pg_terminate_backend(%s)", locks.waiter(database))
        blocker.rollback()
        response = answer.result()
    assert response.headers["content-type"] == "application/json"
    [(_request, kinds, outcome)] = _kinds(trail, "count", since)
    assert kinds == ["request.finished"]
    assert outcome != "success", response.text


def test_the_calls_of_a_batch_are_events_each(admin, trail):
    revision = "2025-03-26"
    calls = [
        ("tools/call", {"name": "count", "arguments": {"model": "res.partner"}})
    ] * 5
    headers = admin.headers(revision)
    since = _last(trail)
    response = admin.send(
        [admin.message(*call, revision) for call in calls], headers=headers
    )
    assert [answer["result"]["isError"] for answer in response.json()] == [False] * 5
    events = _kinds(trail, "count", since)
    assert [kinds for _request, kinds, _outcome in events] == [["request.finished"]] * 5


def test_a_call_that_its_client_gave_up_is_interrupted(fixtures_server):
    connection = fixtures_server.instance.connect()
    connection.autocommit = True
    message = Endpoint("").message(
        "tools/call",
        {
            "name": "test_tool_with_progress",
            "arguments": {},
            "_meta": {"progressToken": 1},
        },
        MODERN,
    )
    message["params"]["_meta"]["progressToken"] = "p"
    headers = {
        "authorization": f"Bearer {fixtures_server.keys['admin']}",
        "accept": "application/json, text/event-stream",
        "content-type": "application/json",
        "mcp-protocol-version": MODERN,
        "mcp-method": "tools/call",
        "mcp-name": "test_tool_with_progress",
    }
    import httpx

    with (
        httpx.Client(trust_env=False) as http,
        http.stream(
            "POST", fixtures_server.url, json=message, headers=headers
        ) as response,
    ):
        next(response.iter_lines())
    deadline = time.monotonic() + 10
    outcome = None
    while outcome is None and time.monotonic() < deadline:
        time.sleep(0.2)
        with connection.cursor() as cr:
            cr.execute(
                "SELECT max(outcome) FROM mcp_audit_event"
                " WHERE tool = 'test_tool_with_progress'"
            )
            [(outcome,)] = cr.fetchall()
    connection.close()
    assert outcome == "interrupted"


def test_no_announced_length_hides_a_guess(server, nobody, trail):
    """The body need not come, and no column holds such a number."""
    since = _last(trail)
    head = request_head(
        nobody,
        b"Authorization: Bearer 0123456789abcdef",
        b"Content-Length: 3000000000",
    )
    assert exchange(server.url, head).status_code in (401, 429)
    found = trail(
        "SELECT kind, http_status FROM mcp_audit_event WHERE id > %s ORDER BY id", since
    )
    assert found[-1][0] == "request.finished"
    assert found[-1][1] in (401, 429)


# Secrets


@pytest.fixture
def canaries(server, admin, newcomer):
    """Send a secret in every slot that a client has; return all of them by slot."""
    sown = {}

    def canary(slot, text="{}"):
        sown[slot] = secrets.token_hex(20)  # looks like a key of Odoo
        return text.format(sown[slot])

    def send(**headers):
        return admin.send(
            message,
            headers=admin.headers(mcp_protocol_version=LATEST_LEGACY, **headers),
        )

    message = admin.message("ping")
    send(user_agent=canary("user agent", "curl {}"))
    send(authorization=canary("wrong key", "Bearer {}"))
    pair = base64.b64encode(canary("password", "admin:{}").encode()).decode()
    send(authorization=f"Basic {pair}")
    send(x_api_key=canary("foreign header"), cookie=canary("cookie", "session_id={}"))
    send(origin=canary("origin", "https://example.com/?token={}"))
    send(traceparent=canary("trace", "00-{}-1-1"))
    send(mcp_session_id=canary("session"))
    name = uuid.uuid4().hex
    values = {
        "name": name,
        "comment": canary("text", "<p>the key is {}</p>"),
        "ref": canary("reference"),
    }
    admin.call("create", model="res.partner", records=[values])
    for number, (tool, arguments) in enumerate(
        [
            ("search", {"model": canary("model"), "domain": []}),
            ("search", {"model": "res.partner", "domain": [[canary("field"), "=", 1]]}),
            (
                "search",
                {"model": "res.users", "domain": [["password", "=", canary("c")]]},
            ),
            (
                "write",
                {
                    "model": "res.users",
                    "ids": [2],
                    "values": {
                        "password": canary("new password"),
                        "new_password": canary("other new password"),
                        "child": [{"deep": {"api_key": canary("nested")}}],
                    },
                },
            ),
            ("create", {"model": "res.partner", "records": [{canary("name"): 1}]}),
            (
                "method_call",
                {"model": "res.partner", "ids": [1], "method": canary("m")},
            ),
            (canary("tool"), {}),
            (
                "create",
                {
                    "model": "res.partner",
                    "records": [
                        {
                            "name": "x",
                            "comment": canary("url", "http://u:{}@example.com/"),
                        }
                    ],
                    "idempotency_key": canary("idempotency key"),
                },
            ),
        ]
    ):
        admin.send(
            {
                "jsonrpc": "2.0",
                "id": number,
                "method": "tools/call",
                "params": {"name": tool, "arguments": arguments},
            }
        )
    for method, params in (
        ("resources/read", {"uri": canary("uri", "odoo://record/x?token={}")}),
        ("prompts/get", {"name": "x", "arguments": {"a": canary("prompt argument")}}),
        (
            "completion/complete",
            {
                "ref": {"type": "ref/prompt", "name": canary("ref")},
                "argument": {"name": "a", "value": canary("completed")},
            },
        ),
        (canary("method"), {"token": canary("token")}),
    ):
        admin.send(admin.message(method, params))
    admin.send(canary("body", '{{"jsonrpc": "2.0", "secret": "{}",').encode())
    sown["key"] = server.keys["admin"]
    sown["own session"] = admin.session(LATEST_LEGACY)
    yield sown, name
    admin.forget_sessions()


#: What the client wrote into Odoo itself belongs there.
_BUSINESS = {"text", "reference", "url"}


def test_no_secret_of_any_slot_is_kept(server, trail, canaries):
    sown, name = canaries
    tables = [
        table
        for (table,) in trail(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p')"
            " AND (relname LIKE 'mcp%' OR relname IN ('queue_job', 'ir_logging'))"
        )
    ]
    assert {"mcp_audit_event", "mcp_audit_payload", "queue_job"} <= set(tables)
    # they are there to be looked at
    assert trail("SELECT 1 FROM mcp_audit_payload WHERE body LIKE %s", f"%{name}%")
    kept = []
    for table in tables:
        for slot, canary in sown.items():
            # the names come from the catalogue
            query = f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE %s LIMIT 1'
            if trail(query, f"%{canary}%"):
                kept.append((table, slot))
    log = server.log.read_text(errors="replace")
    kept += [("log", slot) for slot, canary in sown.items() if canary in log]
    assert not kept
