"""The clients, each as its users run it, and the servers that they talk to.

Every test runs with each client against a threaded Odoo and against one with two
worker processes. The servers have the fixtures of the conformance suite, because the
addons bring no prompts of their own.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest
from client import Client
from endpoint import LATEST_LEGACY, MODERN
from node import NODE, installed
from office import Office

_HERE = Path(__file__).parent
_BRIDGE = "node_modules/mcp-remote/dist/proxy.js"


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to be a client.

    name: as it calls itself to the server; driver: the script, with the words behind
    the URL; revision: what it agrees on with us, on the wire; renews: whether it opens
    a new session by itself where one has ended; mirrors: whether it repeats parameters
    as headers where a tool asks for it; bridged: the words for a bridge
    """

    name: str
    driver: tuple[str, ...]
    revision: str
    renews: bool = False
    mirrors: bool = True
    bridged: tuple[str, ...] | None = None

    @property
    def has_sessions(self):
        return self.revision != MODERN

    def command(self, url):
        script, *words = self.driver
        runner = sys.executable if script.endswith(".py") else NODE
        command = [runner, _HERE / script, url, *words]
        if self.bridged is not None:
            # as in the configuration of Claude Desktop, whose npx mangles spaces
            header = ("--header", "Authorization:${AUTH_HEADER}")
            command += [NODE, _BRIDGE, url, *header, *self.bridged]
        return command


_LEGACY_PYTHON = ("python_sdk.py", "legacy")
_KINDS = {
    "typescript-1": Kind("typescript-1", ("typescript_1.mjs",), LATEST_LEGACY),
    "typescript-2-legacy": Kind(
        "typescript-2", ("typescript_2.mjs", "legacy"), LATEST_LEGACY
    ),
    "typescript-2": Kind("typescript-2", ("typescript_2.mjs", "auto"), MODERN),
    "python-legacy": Kind("python", _LEGACY_PYTHON, LATEST_LEGACY),
    "python": Kind("python", ("python_sdk.py", "auto"), MODERN),
    "mcp-remote-legacy": Kind(
        "bridge", _LEGACY_PYTHON, LATEST_LEGACY, renews=True, bridged=()
    ),
    "mcp-remote": Kind(
        "bridge",
        _LEGACY_PYTHON,
        MODERN,
        mirrors=False,
        bridged=("--protocol", "auto"),
    ),
}


class Sessions:
    """The sessions that the server keeps, seen and ended behind the clients' backs."""

    def __init__(self, server, office):
        self._desk = office.desk
        self._connection = server.connect()
        self._connection.autocommit = True

    def close(self):
        self._connection.close()

    def opened_by(self, name):
        """Return the revisions of the sessions that clients of this name have."""
        return self._execute(
            "SELECT revision FROM mcp_session WHERE client_name LIKE %s", f"{name}%"
        )

    def expire(self):
        """Let the time of all sessions run out."""
        self._execute(
            "UPDATE mcp_session SET expires = now() at time zone 'utc' RETURNING id"
        )

    def terminate(self):
        """End all sessions by the button that an administrator has."""
        self._desk.call("mcp.session", "action_terminate", self._all())

    def clear(self):
        """Forget what other tests left."""
        self._execute("DELETE FROM mcp_session RETURNING id")

    def _all(self):
        return self._execute("SELECT id FROM mcp_session")

    def _execute(self, statement, *values):
        with self._connection.cursor() as cursor:
            cursor.execute(statement, values)
            return [value for (value,) in cursor.fetchall()]


@pytest.fixture(scope="session", params=[0, 2], ids=["threaded", "prefork"])
def server(request):
    """A running instance with the fixtures of the conformance suite."""
    from bootstrap.instance import Instance

    with Instance.clone(
        workers=request.param, channels="root:0", addons=["mcp_conformance"]
    ) as instance:
        yield instance


@pytest.fixture(scope="session")
def office(server):
    with Office(server.web_url, server.database, "admin") as office:
        yield office


@pytest.fixture(scope="module", params=list(_KINDS))
def kind(request):
    return _KINDS[request.param]


@pytest.fixture(scope="session")
def packages():
    """The folder of the npm packages."""
    return installed(_HERE)


@pytest.fixture(scope="session")
def sessions(server, office):
    sessions = Sessions(server, office)
    yield sessions
    sessions.close()


@pytest.fixture(scope="module")
def client(server, sessions, kind, packages, tmp_path_factory):
    """A client of each kind, connected as demo."""
    sessions.clear()
    environment = {
        **os.environ,
        "AUTH_HEADER": f"Bearer {server.keys['demo']}",
        "MCP_REMOTE_CONFIG_DIR": str(tmp_path_factory.mktemp("bridge")),
    }
    with Client(kind.command(server.url), packages, environment) as client:
        yield client
