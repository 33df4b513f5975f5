"""How long a refusal takes says nothing about the login.

MCP_TEST_TIMING=1000 measures as many tries of each kind, 15 by default. A hash that is
left out, or done twice, shows in a few; what is told is worth the more the quieter the
machine and the more the tries.
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

#: Login and password by kind; all are refused.
_KINDS = {
    "known login": ("timing-known", "wrong horse"),
    "unknown login": ("timing-unknown", "wrong horse"),
    "archived": ("timing-archived", _PASSWORD),
    "second factor": ("timing-factor", _PASSWORD),
    "no password": ("timing-silent", "wrong horse"),
    "like a key": ("timing-unknown", "0123456789abcdef" * 2),
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

    for pair in _KINDS.values():
        seconds(*pair)  # what is loaded once
    taken = {kind: [] for kind in _KINDS}
    order = random.Random(seed)
    for _ in range(_TRIES):
        for kind in order.sample(list(_KINDS), len(_KINDS)):
            taken[kind].append(seconds(*_KINDS[kind]))
    connection.close()
    [(status, _body)] = answers
    assert status == 401
    medians = {kind: statistics.median(times) for kind, times in taken.items()}
    known = medians.pop("known login")
    ratios = {kind: median / known for kind, median in medians.items()}
    shown = ", ".join(f"{kind} {ratio:.4f}" for kind, ratio in ratios.items())
    tell(
        f"security: medians of {_TRIES} refusals against those of a known login, "
        f"{known * 1000:.1f} ms: {shown}"
    )
    for kind, ratio in ratios.items():
        assert abs(ratio - 1) < _BOUND, (kind, ratio)
