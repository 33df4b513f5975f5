"""A company at work: one server with two processes for each era of the protocol.

MCP_TEST_URL points the suite at a server that runs already, see the conftest above; it
is changed then. MCP_TEST_JOBS_BASELINE=1 writes the costs as the new baseline.
"""

import json
import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from worker import Connection, Worker

_BASELINE = Path(__file__).with_name("baseline.json")
_REWRITES = os.environ.get("MCP_TEST_JOBS_BASELINE", "") not in ("", "0")
_RUNNING = os.environ.get("MCP_TEST_URL")
_MODES = {"modern": "auto", "legacy": "legacy"}
#: By how much a job may cost more than its baseline.
_TOLERANCE = 1.2

_costs = {}


@dataclass(frozen=True, slots=True)
class Company:
    """A server, and the way to talk to it.

    era: modern or legacy
    """

    era: str
    url: str
    keys: dict[str, str]

    def connect(self, login):
        return Connection(self.url, self.keys[login], _MODES[self.era])


@pytest.fixture(scope="session", params=list(_MODES))
def company(request):
    """A :class:`Company` with Odoo's demo data, the same in each era."""
    if _RUNNING:
        keys = {
            login: os.environ[f"MCP_TEST_KEY_{login.upper()}"]
            for login in ("admin", "demo")
        }
        yield Company(request.param, _RUNNING, keys)
        return
    from bootstrap.instance import Instance

    with Instance.clone(workers=2, channels="root:0") as instance:
        yield Company(request.param, instance.url, instance.keys)


@pytest.fixture(scope="session")
def connections(company):
    """Return the connection of a login, and the tools that it lists."""
    opened = {}

    def connected(login):
        if login not in opened:
            connection = company.connect(login).__enter__()
            opened[login] = connection, connection.tools()
        return opened[login]

    yield connected
    for connection, _tools in opened.values():
        connection.__exit__(None, None, None)


@pytest.fixture
def job(request, company, connections):
    """Return a :class:`Worker` for a brief: *job(brief, login)*.

    Its cost is compared with the baseline when it is done.
    """
    workers = []

    def begin(brief, login="admin"):
        workers.append(Worker(*connections(login), brief))
        return workers[-1]

    yield begin
    name = request.node.originalname.removeprefix("test_").replace("_", " ")
    [worker] = workers
    _costs[company.era, name] = worker.cost
    if _REWRITES or getattr(request.node, "failed", False):
        return
    known = json.loads(_BASELINE.read_text()).get(name)
    assert known, f"{name} has no baseline: MCP_TEST_JOBS_BASELINE=1 setup/test jobs"
    cost = worker.cost
    assert cost.calls <= known["calls"], (name, cost, known)
    assert cost.sent + cost.received <= _TOLERANCE * known["bytes"], (name, cost, known)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.failed:
        item.failed = True
    return report


def pytest_terminal_summary(terminalreporter):
    """Print what each job cost; setup/test shows lines that begin with "jobs: "."""
    write = terminalreporter.write_line
    write(f"jobs: {'':<50}{'calls':>6}{'sent':>8}{'received':>10}{'tokens':>8}")
    for (era, name), cost in _costs.items():
        write(
            f"jobs: {era:<8}{name:<42}{cost.calls:>6}{cost.sent:>8}"
            f"{cost.received:>10}{cost.tokens:>8}"
        )


def pytest_sessionfinish(session, exitstatus):
    if not (_REWRITES and _costs) or exitstatus:
        return
    dearest = {}
    for (_era, name), cost in _costs.items():
        known = dearest.setdefault(name, {"calls": 0, "bytes": 0})
        known["calls"] = max(known["calls"], cost.calls)
        known["bytes"] = max(known["bytes"], cost.sent + cost.received)
    _BASELINE.write_text(json.dumps(dearest, indent=2) + "\n")
