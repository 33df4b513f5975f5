"""The clients, and the servers that they talk to.

Every test runs with each client against a threaded Odoo and against one with two
worker processes. The servers have the fixtures of the conformance suite, which show
what the addons' own tools and prompts have no use for.
"""

import os
from pathlib import Path

import pytest
from client import Client
from kinds import KINDS
from node import installed
from office import Office
from sessions import Sessions

_HERE = Path(__file__).parent


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


@pytest.fixture(scope="module", params=list(KINDS))
def kind(request):
    return KINDS[request.param]


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
