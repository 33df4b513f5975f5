"""How long a refusal takes says nothing about the login.

MCP_TEST_TIMING=1000 measures as many tries of each kind, 15 by default. A hash that is
left out, or done twice, shows in a few; what is told is worth the more the quieter the
machine and the more the tries. Other work on the machine may slow some tries down:
where medians differ, as many are measured again, some times over, and a difference that
is the server's stays.
"""

import base64
import http.client
import json
import os
import random
import statistics
import time
from urllib.parse import urlsplit

import pytest

_TRIES = int(os.environ.get("MCP_TEST_TIMING") or 15)
#: By how much medians may differ here, where other work may run at the same time.
_BOUND = 0.25
#: So often at most are the tries repeated to tell a difference from other work.
_REPETITIONS = 6
_VERSION = "2026-07-28"
_META = "io.modelcontextprotocol/"
_BODY = json.dumps(
    {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "server/discover",
        "params": {
            "_meta": {
                f"{_META}protocolVersion": _VERSION,
                f"{_META}clientCapabilities": {},
                f"{_META}clientInfo": {"name": "timing", "version": "1"},
            }
        },
    }
)
_PASSWORD = "correct horse battery"

_PREPARE = """
def main(env, password):
    users = env["res.users"].with_context(no_reset_password=True)
    groups = env.ref("base.group_user") + env.ref("mcp_core.group_user")
    for name in ("known", "archived", "factor", "silent"):
        users.create(
            {
                "name": name,
                "login": f"timing-{name}",
                "password": password,
                "group_ids": [(6, 0, groups.ids)],
            }
        )
    find = lambda name: users.search([("login", "=", f"timing-{name}")])
    find("factor").sudo().totp_secret = "JBSWY3DPEHPK3PXP"
    find("archived").active = False
    env.flush_all()
    query = "UPDATE res_users SET password = NULL WHERE login = 'timing-silent'"
    env.cr.execute(query)
"""

_KEY = "0123456789abcdef" * 2
#: Login and password by kind, and the kind that it is to be told from; all are refused.
_KINDS = {
    "known login": ("timing-known", "wrong horse", None),
    "unknown login": ("timing-unknown", "wrong horse", "known login"),
    "archived": ("timing-archived", _PASSWORD, "known login"),
    "second factor": ("timing-factor", _PASSWORD, "known login"),
    "no password": ("timing-silent", "wrong horse", "known login"),
    "known login, like a key": ("timing-known", _KEY, None),
    "unknown login, like a key": ("timing-unknown", _KEY, "known login, like a key"),
}


@pytest.fixture(scope="module")
def url():
    from bootstrap.instance import Instance

    with Instance.clone(workers=0, channels="root:0") as instance:
        instance.shell(_PREPARE, password=_PASSWORD)
        yield instance.url


def test_refusals_take_the_same_time_whatever_they_are_for(url, seed, tell):
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=60)
    headers = {
        "Accept": "application/json, text/event-stream",
        "Content-Type": "application/json",
        "MCP-Protocol-Version": _VERSION,
        "Mcp-Method": "server/discover",
    }
    answers = set()

    def seconds(login, password):
        pair = base64.b64encode(f"{login}:{password}".encode()).decode()
        begun = time.perf_counter()
        connection.request(
            "POST", address.path, _BODY, headers | {"Authorization": f"Basic {pair}"}
        )
        response = connection.getresponse()
        body = response.read()
        taken = time.perf_counter() - begun
        answers.add((response.status, body))
        return taken

    for login, password, _like in _KINDS.values():
        seconds(login, password)  # what is loaded once
    taken = {kind: [] for kind in _KINDS}
    order = random.Random(seed)
    for _ in range(_REPETITIONS):
        for _ in range(_TRIES):
            for kind in order.sample(list(_KINDS), len(_KINDS)):
                taken[kind].append(seconds(*_KINDS[kind][:2]))
        medians = {kind: statistics.median(times) for kind, times in taken.items()}
        ratios = {
            kind: medians[kind] / medians[like]
            for kind, (_login, _password, like) in _KINDS.items()
            if like
        }
        if all(abs(ratio - 1) < _BOUND for ratio in ratios.values()):
            break
    connection.close()
    [(status, _body)] = answers
    assert status == 401
    shown = ", ".join(f"{kind} {ratio:.4f}" for kind, ratio in ratios.items())
    tell(
        f"security: medians of {len(taken['known login'])} refusals against those of a "
        f"known login, {medians['known login'] * 1000:.1f} ms, or of one with a "
        f"password like a key, {medians['known login, like a key'] * 1000:.1f} ms: "
        f"{shown}"
    )
    for kind, ratio in ratios.items():
        assert abs(ratio - 1) < _BOUND, (kind, ratio)
