"""The servers that the live tests run against, and who calls them.

Every test that asks for `server` runs against a threaded Odoo and against one with two
worker processes; or once, against the server that MCP_TEST_URL names (see the
conftest above).
"""

import os
import shutil
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from endpoint import Endpoint
from office import Office

_RUNNING = os.environ.get("MCP_TEST_URL")
_MODES = {"threaded": 0, "prefork": 2}


@dataclass(frozen=True, slots=True)
class LiveServer:
    """A server under test.

    log: where it logs; instance: who started it. Both are None where the server is not
    ours.
    """

    mode: str
    url: str
    database: str
    keys: dict[str, str]
    admin_password: str = "admin"
    log: Path | None = None
    instance: Any = None

    @property
    def web_url(self):
        return self.url.removesuffix("/mcp")


def _running_server():
    environment = os.environ
    return LiveServer(
        mode="running",
        url=_RUNNING,
        database=environment.get("MCP_TEST_DATABASE", "odoo"),
        keys={
            "admin": environment["MCP_TEST_KEY_ADMIN"],
            "demo": environment["MCP_TEST_KEY_DEMO"],
        },
        admin_password=environment.get("MCP_TEST_PASSWORD_ADMIN", "admin"),
    )


@contextmanager
def _own_server(mode, **options):
    """Run a server of our own; *options* as for `Instance.clone`."""
    from bootstrap.instance import Instance

    with Instance.clone(workers=_MODES[mode], channels="root:0", **options) as instance:
        yield LiveServer(
            mode=mode,
            url=instance.url,
            database=instance.database,
            keys=instance.keys,
            log=Path(instance.log),
            instance=instance,
        )


@pytest.fixture(scope="session", params=["running"] if _RUNNING else list(_MODES))
def server(request):
    """A :class:`LiveServer`, one after the other in each mode."""
    if _RUNNING:
        yield _running_server()
        return
    with _own_server(request.param) as server:
        yield server


@pytest.fixture(scope="session", params=list(_MODES))
def fixtures_server(request):
    """A :class:`LiveServer` with the fixtures of the conformance suite installed."""
    if _RUNNING:
        pytest.skip("the fixtures are not installed on a server that is not ours")
    with _own_server(request.param, addons=["mcp_conformance"]) as server:
        yield server


@pytest.fixture(scope="session")
def servers():
    """Two instances on one database: two workers, and a second server with threads.

    With the fixtures of the conformance suite.
    """
    if _RUNNING:
        pytest.skip("a server that is not ours is alone on its database")
    from bootstrap.instance import Instance
    from bootstrap.server import Server
    from bootstrap.testbed import Testbed

    with Instance.clone(
        workers=2, channels="root:0", addons=["mcp_conformance"]
    ) as first:
        folder = first.server.folder.with_name(f"{first.server.folder.name}_second")
        server = Server(Testbed.current().toolchain, first.server.database, folder)
        try:
            with Instance(
                server, channels="root:0", options=first._options, keys=first.keys
            ) as second:
                yield first, second
        finally:
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def desk(servers):
    """The administrator at the first of the two servers, as :func:`office`."""
    first, _second = servers
    with Office(first.web_url, first.database, "admin") as office:
        yield office


@pytest.fixture(scope="session")
def demo(server):
    """The endpoint, called by demo."""
    with Endpoint(server.url, server.keys["demo"]) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def admin(server):
    """The endpoint, called by admin."""
    with Endpoint(server.url, server.keys["admin"]) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def nobody(server):
    """The endpoint, called without a key."""
    with Endpoint(server.url) as endpoint:
        yield endpoint


@pytest.fixture(scope="session")
def office(server):
    """Odoo's own web interface in the hands of the administrator."""
    with Office(server.web_url, server.database, server.admin_password) as office:
        yield office


@pytest.fixture
def newcomer(office):
    """A new user in MCP / User, with a key, archived afterwards."""
    employee = office.hire(["base.group_user", "mcp_core.group_user"])
    yield employee
    office.write("res.users", employee.id, {"active": False})


@pytest.fixture
def newcomer_endpoint(server, newcomer):
    """The endpoint, called by the newcomer."""
    with Endpoint(server.url, newcomer.key) as endpoint:
        yield endpoint


@pytest.fixture
def database(server):
    """A connection to the server's database that commits each statement."""
    if server.instance is None:
        pytest.skip("the database of a server that is not ours is out of reach")
    connection = server.instance.connect()
    connection.autocommit = True
    yield connection
    connection.close()
