"""Hours of ordinary use: nothing grows, nothing breaks, and all of it is recorded.

MCP_TEST_SOAK=<seconds>, 180 by default, 3600 for an hour: twenty requests a second of
four clients, both eras, against two worker processes.
"""

import os
import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from endpoint import LATEST_LEGACY, MODERN, Endpoint

_SECONDS = int(os.environ.get("MCP_TEST_SOAK") or 180)
_CLIENTS, _RATE = 4, 20
#: How often is looked at memory and connections, in seconds.
_LOOK = 5
#: Caches fill up at the beginning; later on a process may have so much more, in MB.
_MORE_MB = 20


@dataclass
class Soak:
    """What the clients have seen together.

    :ivar statuses: how many answers there were, by (what was asked, HTTP status)
    :ivar memory: MB of all processes of the server, at each look
    :ivar connections: to the database, at each look
    """

    statuses: Counter = field(default_factory=Counter)
    failures: list[BaseException] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)
    connections: list[int] = field(default_factory=list)


def _requests(order, partners):
    """Yield what clients ask for: (method, params), for ever."""
    while True:
        partner = order.choice(partners)
        where = {"model": "res.partner"}
        yield from order.sample(
            [
                ("tools/list", {}),
                _call("search", **where, domain=[["id", "<=", partner]], limit=40),
                _call("search", model="sale.order", order="id desc", limit=20),
                _call("read", **where, ids=[partner]),
                _call("count", **where),
                _call("aggregate", model="crm.lead", groupby=["stage_id"]),
                _call("name_search", **where, name="a"),
                _call("describe_model", model="project.task"),
                _call("write", **where, ids=[partner], values={"ref": str(partner)}),
                _call("create", **where, records=[{"name": "Soaked"}], dry_run=True),
                # what a model gets wrong
                _call("search", model="no.such.model"),
                _call("read", **where, ids="all"),
                ("resources/read", {"uri": "odoo://system"}),
                ("prompts/list", {}),
                ("no/such/method", {}),
            ],
            8,
        )


def _call(tool, **arguments):
    return "tools/call", {"name": tool, "arguments": arguments}


def _client(number, odoo, seed, partners, until, soak):
    order = random.Random(seed + number)
    revision = MODERN if number % 2 else LATEST_LEGACY
    login = order.choice(["admin", "demo"])
    try:
        with Endpoint(odoo.url, odoo.keys[login], patience=30) as client:
            next_turn = time.monotonic() + number / _RATE
            for method, params in _requests(order, partners):
                if time.monotonic() > until:
                    return
                time.sleep(max(0, next_turn - time.monotonic()))
                next_turn += _CLIENTS / _RATE
                status = client.post(method, params, revision).status_code
                soak.statuses[method, status] += 1
    except BaseException as failure:  # noqa: BLE001 told by the test
        soak.failures.append(failure)


def _memory(process):
    """Return MB of a process and of those that it has started, what they share once."""
    pids, total = [process.pid], 0
    for pid in pids:
        folder = Path("/proc", str(pid))
        for task in folder.glob("task/*/children"):
            pids += map(int, task.read_text().split())
        for line in (folder / "smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1])
    return total / 1024


def _connections(cr):
    cr.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    )
    return cr.fetchone()[0]


@pytest.fixture
def odoo():
    from bootstrap.instance import Instance

    with Instance.clone(workers=2, options={"max_cron_threads": 1}) as odoo:
        yield odoo


def test_nothing_grows_and_all_is_recorded(odoo, seed, tell):
    connection = odoo.connect()
    connection.autocommit = True
    cr = connection.cursor()
    cr.execute(
        "SELECT id FROM res_partner WHERE active AND company_id IS NULL LIMIT 20"
    )
    partners = [partner for (partner,) in cr.fetchall()]
    cr.execute("SELECT count(*) FROM mcp_audit_event WHERE kind = 'request.finished'")
    (before,) = cr.fetchone()

    soak, until = Soak(), time.monotonic() + _SECONDS
    clients = [
        threading.Thread(
            target=_client, args=(number, odoo, seed, partners, until, soak)
        )
        for number in range(_CLIENTS)
    ]
    for client in clients:
        client.start()
    while time.monotonic() < until:
        time.sleep(_LOOK)
        soak.memory.append(_memory(odoo.process))
        soak.connections.append(_connections(cr))
    for client in clients:
        client.join()

    total = sum(soak.statuses.values())
    third = len(soak.memory) // 3
    thirds = soak.memory[:third], soak.memory[third:-third], soak.memory[-third:]
    first, middle, last = map(statistics.median, thirds)
    tell(
        f"soak: seed {seed}, {total:,} requests in {_SECONDS} s, connections"
        f" {min(soak.connections)} to {max(soak.connections)}, memory"
        f" {soak.memory[0]:.0f} MB after the start, then {first:.0f}, {middle:.0f} and"
        f" {last:.0f} MB in each third of the time"
    )
    assert not soak.failures
    wrong = {key: count for key, count in soak.statuses.items() if key[1] >= 500}
    assert not wrong
    assert total > 0.9 * _RATE * _SECONDS

    assert last - middle < _MORE_MB, soak.memory
    assert max(soak.connections[-third:]) <= max(soak.connections[:-third]) + 1

    cr.execute("SELECT count(*) FROM mcp_audit_event WHERE kind = 'request.finished'")
    (after,) = cr.fetchone()
    # clients of the legacy era have opened a session first
    assert after - before == total + _CLIENTS // 2
    connection.close()
