"""The suite from the npm registry, and the server that it tests."""

from contextlib import contextmanager
from pathlib import Path

import pytest
from node import NODE, installed

_HERE = Path(__file__).parent
_PACKAGE = "@modelcontextprotocol/conformance"


@pytest.fixture(scope="session")
def suite():
    """The command that runs the suite."""
    entry = installed(_HERE) / "node_modules" / _PACKAGE / "dist" / "index.js"
    return [NODE, "--import", _HERE / "preload.mjs", entry, "server"]


@pytest.fixture(scope="module")
def server():
    """A server with two worker processes, all addons, and the suite's fixtures."""
    with _instance("mcp_conformance") as instance:
        yield instance


@pytest.fixture(scope="module")
def production_server():
    """The same without the fixtures: what a customer installs."""
    with _instance() as instance:
        yield instance


@contextmanager
def _instance(*addons):
    from bootstrap.instance import Instance

    with Instance.clone(workers=2, channels="root:0", addons=addons) as instance:
        # the suite also tests that an origin on the list is let in: its own
        instance.shell(
            "def main(env, origins):\n"
            "    parameters = env['ir.config_parameter']\n"
            "    parameters.set_param('mcp_core.allowed_origins', origins)\n",
            origins=f"{instance.web_url} http://localhost:{instance.port}",
        )
        yield instance
