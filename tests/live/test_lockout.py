"""The lockout where it has to hold: over workers and servers, and through crashes."""

import base64
import itertools
import re
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import pytest
from endpoint import MODERN, Endpoint

_PARAMETERS = {
    "mcp_security.lockout_failures": "5",
    "mcp_security.trusted_proxies": "127.0.0.1",
}
#: One for each test that asks, of the networks for documentation.
_ADDRESSES = (f"198.51.100.{number}" for number in itertools.count(1))
_CLIENTS = 16
_LOGINS = 200


class Guesser:
    """Somebody at an address of their own, behind a proxy that is trusted."""

    def __init__(self, *urls):
        self.address = next(_ADDRESSES)
        self._urls = itertools.cycle(urls)

    def send(self, authorization=None, url=None, **headers):
        """Return the response to a message, from one server after the other."""
        sent = {
            "x-forwarded-for": self.address,
            "content-type": "application/json",
            "accept": "application/json, text/event-stream",
            "mcp-protocol-version": MODERN,
            "mcp-method": "server/discover",
            **headers,
        }
        if authorization:
            sent["authorization"] = authorization
        message = Endpoint("").message("server/discover", revision=MODERN)
        return httpx.post(
            url or next(self._urls),
            json=message,
            headers=sent,
            timeout=30,
            trust_env=False,
        )

    def guess(self, times=5, url=None):
        """Return the status codes of so many wrong keys."""
        return [
            self.send(f"Bearer wrong-key-{number:04}", url).status_code
            for number in range(times)
        ]


def _basic(login, password):
    return f"Basic {base64.b64encode(f'{login}:{password}'.encode()).decode()}"


@pytest.fixture(scope="module")
def locking(servers, desk):
    """Two servers on one database, with the lockout as it is installed."""
    before = {
        name: desk.desk.call("ir.config_parameter", "get_param", name)
        for name in _PARAMETERS
    }
    for name, value in _PARAMETERS.items():
        desk.desk.call("ir.config_parameter", "set_param", name, value)
    yield servers
    for name, value in before.items():
        desk.desk.call("ir.config_parameter", "set_param", name, value)


@pytest.fixture
def guesser(locking):
    return Guesser(*(instance.url for instance in locking))


@pytest.fixture
def employee(desk):
    return desk.hire(["base.group_user", "mcp_core.group_user"])


def test_every_worker_sees_a_lock_within_a_second(locking, guesser):
    assert guesser.guess(5, locking[0].url) == [401] * 5
    locked = time.monotonic()
    # more connections than there are workers, so that each of them answers some
    with ThreadPoolExecutor(_CLIENTS) as pool:
        urls = [instance.url for instance in locking] * _CLIENTS
        answers = list(pool.map(lambda url: guesser.guess(1, url)[0], urls))
    assert time.monotonic() - locked < 10
    assert set(answers) == {429}
    refused = guesser.send("Bearer wrong-key-0000")
    assert refused.headers["retry-after"] == "2"
    assert "Too many failed attempts" in refused.json()["error"]["message"]


def test_nobody_else_is_locked(locking, guesser, employee):
    guesser.guess()
    other = Guesser(locking[0].url)
    assert other.send(f"Bearer {employee.key}").status_code == 200
    assert other.guess(1) == [401]


def test_a_valid_key_works_slowly_at_a_locked_address(guesser, employee):
    guesser.guess()
    key = f"Bearer {employee.key}"
    assert guesser.send(key).status_code == 200
    assert guesser.send(key).status_code == 429
    time.sleep(2.1)
    assert guesser.send(key).status_code == 200


def test_a_key_that_begins_like_a_valid_one_is_refused_like_any_other(
    guesser, employee
):
    guesser.guess()
    alike = guesser.send(f"Bearer {employee.key[:8]}{'0' * 32}")
    unlike = guesser.send("Bearer wrong-key-0000")
    assert (alike.status_code, alike.content) == (unlike.status_code, unlike.content)
    assert alike.status_code == 429


def test_in_strict_mode_a_valid_key_is_refused_too(desk, guesser, employee):
    switch = "mcp_security.lockout_strict"
    desk.desk.call("ir.config_parameter", "set_param", switch, "1")
    try:
        guesser.guess()
        refused = guesser.send(f"Bearer {employee.key}")
        assert refused.status_code == 429
        assert int(refused.headers["retry-after"]) > 20
    finally:
        desk.desk.call("ir.config_parameter", "set_param", switch, False)


def test_who_says_nothing_about_themselves_is_not_counted(guesser):
    assert {guesser.send().status_code for _ in range(12)} == {401}
    assert guesser.guess(1) == [401]


def test_a_login_that_failed_too_often_is_locked_where_it_did(guesser, employee):
    right, wrong = _basic(employee.login, employee.login), _basic(employee.login, "no")
    for _ in range(4):
        assert guesser.send(wrong).status_code == 401
    # success clears the login
    assert guesser.send(right).status_code == 200
    for _ in range(5):
        assert guesser.send(wrong).status_code == 401
    refused = guesser.send(right)
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) > 20
    assert Guesser(guesser.send(right).url).send(right).status_code == 200


def test_refusals_are_alike_for_logins_that_exist_and_others(guesser, employee):
    texts = {401: set(), 429: set()}
    for login in (employee.login, "nobody-of-that-name"):
        for _ in range(6):
            refused = guesser.send(_basic(login, "no"))
            body = re.sub(r"\d+", "0", refused.text)
            texts[refused.status_code].add((body, tuple(sorted(refused.headers))))
    assert [len(alike) for alike in texts.values()] == [1, 1]


def test_an_administrator_sees_and_lifts_a_lock(desk, guesser, employee):
    guesser.guess()
    locked = desk.desk.call(
        "mcp.lockout",
        "search_read",
        [["network", "=", guesser.address], ["is_locked", "=", True]],
        ["failures", "login"],
    )
    assert [row["failures"] for row in locked] == [5]
    rows = desk.desk.call("mcp.lockout", "search", [["network", "=", guesser.address]])
    desk.desk.call("mcp.lockout", "action_lift", rows)
    assert guesser.guess(4) == [401] * 4


def test_an_address_that_is_denied_is_told_so_whatever_it_knows(
    desk, guesser, employee
):
    rule = desk.create("mcp.ip.rule", network=guesser.address, action="deny")
    try:
        key = f"Bearer {employee.key}"
        for authorization in (key, "Bearer wrong-key-0000", None):
            refused = guesser.send(authorization)
            assert refused.status_code == 403
            assert refused.headers["content-type"] == "application/json"
    finally:
        desk.unlink("mcp.ip.rule", rule)
    assert guesser.send(key).status_code == 200


@pytest.mark.parametrize(
    ("forwarded", "counted"),
    [
        ("{own}", True),
        ("203.0.113.99, {own}", True),
        ("{own}, 203.0.113.99", False),
        ("{own}, 127.0.0.1", True),
        ("::ffff:{own}", True),
        ("{own}, garbage", False),
    ],
)
def test_only_the_last_hop_that_is_no_proxy_of_ours_counts(
    desk, guesser, forwarded, counted
):
    rule = desk.create("mcp.ip.rule", network=guesser.address, action="deny")
    # what makes no sense is refused wherever there are rules
    refused = counted or "garbage" in forwarded
    try:
        own = forwarded.format(own=guesser.address)
        for more in ({}, {"x-forwarded-host": "localhost"}):
            response = guesser.send(
                "Bearer key-0123", **{"x-forwarded-for": own}, **more
            )
            assert (response.status_code == 403) is refused, more
    finally:
        desk.unlink("mcp.ip.rule", rule)


def test_many_logins_at_once_never_fail_to_serialise(locking, employee):
    """200 attempts, most of them wrong, on the same rows."""
    guessers = [Guesser(*(instance.url for instance in locking)) for _ in range(4)]
    sizes = {log: len(log.read_bytes()) for log in _logs(locking)}

    def attempt(number):
        guesser = guessers[number % len(guessers)]
        key = employee.key if number % 5 == 0 else f"wrong-key-{number:04}"
        return guesser.send(f"Bearer {key}").status_code

    with ThreadPoolExecutor(_CLIENTS) as pool:
        answers = list(pool.map(attempt, range(_LOGINS)))
    assert set(answers) <= {200, 401, 429}, sorted(set(answers))
    assert answers.count(429) > _LOGINS // 2
    for log, size in sizes.items():
        written = log.read_bytes()[size:].lower()
        for word in (b"serializ", b"deadlock", b"traceback", b"retry"):
            assert word not in written, f"{word} in {log}"


def _logs(instances):
    return [Path(instance.log) for instance in instances]


def test_a_lock_survives_kills_of_the_server_and_of_postgresql(tmp_path_factory):
    from bootstrap import postgres
    from bootstrap.instance import Instance
    from bootstrap.testbed import Testbed

    if postgres.is_named():
        pytest.skip("a PostgreSQL that is not ours is not killed")
    folder = tmp_path_factory.mktemp("crash")
    with Testbed(folder) as testbed:
        server = testbed.clone(testbed.addon_template("mcp_core"))
        with Instance(server, workers=2, channels="root:0") as instance:
            instance.stop()
            instance.install(["mcp_security"])
            instance.shell(
                "def main(env, parameters):\n"
                "    for name, value in parameters.items():\n"
                "        env['ir.config_parameter'].set_param(name, value)\n",
                parameters=_PARAMETERS,
            )
            instance.start()
            guesser = Guesser(instance.url)
            assert guesser.guess(5) == [401] * 5
            assert guesser.guess(1) == [429]
            instance.kill()
            # an immediate stop: no checkpoint, the next start recovers
            process = testbed.postgres.process
            process.signal(signal.SIGQUIT)
            assert process.wait(30.0)
            testbed.postgres.start()
            instance.start()
            assert guesser.guess(1) == [429]
            assert Guesser(instance.url).guess(1) == [401]
