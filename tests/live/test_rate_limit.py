"""The rate limit where it has to hold: over the workers of several servers."""

import re
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import locks
import pytest
from endpoint import LATEST_LEGACY, MODERN, Endpoint

#: One message a minute more: nothing comes back while a test runs.
_SLOW = 1
_CLIENTS = 16
_MICROSECONDS = 1_000_000


@dataclass(slots=True)
class Tally:
    """What became of the messages of many clients: moments are `time.monotonic()`."""

    passed: int = 0
    refused: int = 0
    begun: list[float] = field(default_factory=list)
    passed_at: list[float] = field(default_factory=list)
    ended: list[float] = field(default_factory=list)


class Crowd:
    """One user at many clients, which share themselves out over the servers."""

    def __init__(self, urls, key):
        self._urls = urls
        self._key = key

    def send(self, messages=None, seconds=None):
        """Return the :class:`Tally` of so many messages, or of so many seconds."""
        tally, lock = Tally(), threading.Lock()
        left = iter(range(messages)) if messages else iter(int, 1)
        deadline = time.monotonic() + (seconds or 60)

        def client(number):
            url = self._urls[number % len(self._urls)]
            with Endpoint(url, self._key) as endpoint:
                while time.monotonic() < deadline:
                    with lock:
                        if next(left, None) is None:
                            return
                    begun = time.monotonic()
                    response = endpoint.post("server/discover", revision=MODERN)
                    ended = time.monotonic()
                    with lock:
                        tally.begun.append(begun)
                        tally.ended.append(ended)
                        if response.status_code == 200:
                            tally.passed += 1
                            tally.passed_at.append(ended)
                        else:
                            assert response.status_code == 429, response.text
                            tally.refused += 1

        with ThreadPoolExecutor(_CLIENTS) as pool:
            for done in [pool.submit(client, number) for number in range(_CLIENTS)]:
                done.result()
        return tally


@pytest.fixture(scope="module")
def connection(servers):
    connection = servers[0].connect()
    connection.autocommit = True
    yield connection
    connection.close()


@pytest.fixture
def employee(desk):
    groups = ["base.group_user", "mcp_core.group_user", "base.group_partner_manager"]
    return desk.hire(groups)


@pytest.fixture
def caller(servers, employee):
    with Endpoint(servers[0].url, employee.key) as endpoint:
        yield endpoint


@pytest.fixture
def crowd(servers, employee):
    return Crowd([instance.url for instance in servers], employee.key)


def _limit(desk, **values):
    return desk.create("mcp.rate.limit", **values)


def _bucket(connection, employee):
    """Return when the bucket is full and when it was last asked, in microseconds."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT due, moment FROM mcp_rate_bucket WHERE user_id = %s", [employee.id]
        )
        return cursor.fetchone()


def _remaining(response, policy="user"):
    found = re.search(rf'"{policy}";r=(\d+);t=\d+', response.headers["ratelimit"])
    return int(found[1])


def _discover(caller):
    return caller.post("server/discover", revision=MODERN)


def test_of_many_messages_at_once_exactly_the_burst_passes(desk, employee, crowd):
    _limit(desk, user_id=employee.id, per_minute=_SLOW, burst=50)
    tally = crowd.send(messages=200)
    assert (tally.passed, tally.refused) == (50, 150)


def test_in_a_stretch_of_time_exactly_what_it_allows_passes(
    desk, employee, crowd, caller, connection
):
    _limit(desk, user_id=employee.id, per_minute=60, burst=20)
    started = time.monotonic()
    first = _discover(caller)
    answered = time.monotonic()
    assert _remaining(first) == 19
    full, moment = _bucket(connection, employee)
    assert full == moment + _MICROSECONDS
    tally = crowd.send(seconds=6.5)
    passed = 1 + tally.passed
    # each message that passed, and no other, was paid for
    assert _bucket(connection, employee)[0] == moment + passed * _MICROSECONDS
    # twenty at once, then one a second, and none was left lying about
    assert tally.refused > 20
    assert passed <= 20 + int(max(tally.passed_at) - started)
    assert passed >= 20 + int(max(tally.begun) - answered)


def test_a_tool_with_a_limit_lets_exactly_so_many_calls_pass(desk, employee, servers):
    [tool] = desk.desk.call("mcp.tool", "search", [("name", "=", "count")])
    limit = _limit(desk, tool_id=tool, per_minute=_SLOW, burst=7)
    _limit(desk, user_id=employee.id, per_minute=_SLOW, burst=500)
    params = {"name": "count", "arguments": {"model": "res.partner"}}

    def client(number):
        with Endpoint(servers[number % 2].url, employee.key) as endpoint:
            return [
                endpoint.post("tools/call", params, MODERN).status_code
                for _ in range(3)
            ]

    with ThreadPoolExecutor(_CLIENTS) as pool:
        answered = pool.map(client, range(_CLIENTS))
        answers = [code for codes in answered for code in codes]
    assert (answers.count(200), answers.count(429)) == (7, 3 * _CLIENTS - 7)
    with Endpoint(servers[1].url, employee.key) as endpoint:
        # what was refused for the tool was not paid for by the user
        assert _remaining(_discover(endpoint)) == 500 - 7 - 1
        desk.unlink("mcp.rate.limit", limit)
        assert endpoint.post("tools/call", params, MODERN).status_code == 200


def test_the_setting_limits_each_user_and_an_exception_frees_one(
    desk, employee, servers
):
    screens = "res.config.settings"
    limited = {"mcp_rate_per_minute": _SLOW, "mcp_rate_burst": 2}
    desk.desk.call(screens, "execute", [desk.create(screens, **limited)])
    other = desk.hire(["base.group_user", "mcp_core.group_user"])
    _limit(desk, user_id=employee.id, unlimited=True)
    try:
        with (
            Endpoint(servers[1].url, other.key) as stranger,
            Endpoint(servers[0].url, employee.key) as exempt,
        ):
            codes = [_discover(stranger).status_code for _ in range(3)]
            assert codes == [200, 200, 429]
            assert [_discover(exempt).status_code for _ in range(4)] == [200] * 4
            assert "ratelimit" not in _discover(exempt).headers
    finally:
        free = {"mcp_rate_per_minute": 0, "mcp_rate_burst": 60}
        desk.desk.call(screens, "execute", [desk.create(screens, **free)])


def test_a_refusal_is_an_error_of_json_rpc_with_its_headers(desk, employee, caller):
    _limit(desk, user_id=employee.id, per_minute=6, burst=2)
    assert _remaining(caller.post("ping")) == 0  # after initialize
    refused = caller.post("ping")
    assert refused.status_code == 429
    seconds = int(refused.headers["retry-after"])
    assert 1 <= seconds <= 10
    assert refused.headers["ratelimit"] == f'"user";r=0;t={seconds}'
    assert refused.headers["ratelimit-policy"] == '"user";q=2;w=20'
    error = refused.json()["error"]
    assert (error["code"], error["data"]) == (-32000, {"retryAfter": seconds})
    assert f"Try again in {seconds} s." in error["message"]


def test_errors_count_too(desk, employee, caller):
    _limit(desk, user_id=employee.id, per_minute=_SLOW, burst=10)
    assert _remaining(caller.post("no/such/method")) == 8
    assert _remaining(caller.post("tools/call", {"name": "no_such_tool"})) == 7
    assert _remaining(caller.post("ping")) == 6


def test_a_stream_carries_the_headers_and_begins_for_nobody_refused(
    desk, employee, caller
):
    _limit(desk, user_id=employee.id, per_minute=_SLOW, burst=2)
    message = caller.message(
        "tools/call", {"name": "test_tool_with_progress", "arguments": {}}
    )
    message["params"]["_meta"] = {"progressToken": 1}
    streamed = caller.send(message, headers=caller.headers(LATEST_LEGACY))
    assert streamed.headers["content-type"].startswith("text/event-stream")
    assert _remaining(streamed) == 0
    refused = caller.send(message, headers=caller.headers(LATEST_LEGACY))
    assert refused.status_code == 429
    assert refused.headers["content-type"] == "application/json"
    assert refused.json()["id"] == message["id"]


@pytest.mark.parametrize("batch", [False, True])
def test_a_message_that_odoo_runs_twice_counts_once(
    servers, desk, employee, caller, connection, batch
):
    _limit(desk, user_id=employee.id, per_minute=_SLOW, burst=10)
    partner = desk.create("res.partner", name="before")
    revision = "2025-03-26"
    caller.session(revision)
    arguments = {"model": "res.partner", "ids": [partner], "values": {"name": "after"}}
    call = caller.message("tools/call", {"name": "write", "arguments": arguments})
    body = [caller.message("ping"), call, caller.message("ping")] if batch else call
    log = servers[0].log.read_text()
    rival = servers[0].connect()
    try:
        with rival.cursor() as cursor, ThreadPoolExecutor(1) as pool:
            cursor.execute(
                "UPDATE res_partner SET ref = 'rival' WHERE id = %s", [partner]
            )
            answer = pool.submit(caller.send, body, headers=caller.headers(revision))
            locks.waiter(connection)
            rival.commit()
            response = answer.result()
    finally:
        rival.close()
    assert "SERIALIZATION_FAILURE" in servers[0].log.read_text()[len(log) :]
    assert response.status_code == 200
    assert _remaining(response) == (6 if batch else 8)
    read = desk.desk.call("res.partner", "read", [partner], ["name", "ref"])
    assert (read[0]["name"], read[0]["ref"]) == ("after", "rival")


def test_a_table_that_a_crash_has_emptied_means_full_buckets(
    desk, employee, caller, connection
):
    _limit(desk, user_id=employee.id, per_minute=_SLOW, burst=1)
    codes = [_discover(caller).status_code for _ in range(2)]
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE mcp_rate_bucket")
    assert [*codes, _discover(caller).status_code] == [200, 429, 200]
