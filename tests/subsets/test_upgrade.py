"""Databases of older versions are updated, and keep what people have put into them."""

import io
import subprocess
import tarfile
from contextlib import contextmanager
from pathlib import Path

import pytest
from endpoint import Endpoint

_PROJECT = Path(__file__).parents[2]
#: Commits, and the addons that they had: the first with data at all, the first whose
#: audit trail has seals.
_VERSIONS = {
    "587e481": ("mcp_core",),
    "0781e86": ("mcp_core", "mcp_security", "mcp_prompts", "mcp_audit"),
}
_CUSTOMISE = """
def main(env):
    tool = env["mcp.tool"].search([("name", "=", "count")])
    tool.active = False
"""


_SEAL = """
def main(env):
    env["mcp.audit.seal"]._seal()
"""
_VERIFY = """
def main(env):
    verification = env["mcp.audit.verification"].create({})
    env.cr.commit()
    while verification.state in ("waiting", "running"):
        verification._run()
        env.cr.commit()
        env.invalidate_all()
    return [verification.state, verification.events]
"""


@pytest.fixture(params=_VERSIONS)
def old(request, tmp_path):
    """The folder of the addons at a commit, and their names."""
    archive = subprocess.run(
        ["git", "archive", request.param, *_VERSIONS[request.param]],
        cwd=_PROJECT,
        capture_output=True,
        check=False,
    )
    if archive.returncode:
        pytest.skip("no git history here")
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as file:
        file.extractall(tmp_path, filter="data")
    return tmp_path, _VERSIONS[request.param]


@contextmanager
def _served(odoo):
    odoo.start()
    try:
        with Endpoint(odoo.url, odoo.keys["demo"], patience=30) as client:
            yield client
    finally:
        odoo.stop()


def test_what_people_have_set_up_survives_an_update(old):
    from bootstrap.instance import Instance
    from bootstrap.server import provision
    from bootstrap.testbed import Testbed

    folder, addons = old
    testbed = Testbed.current()
    elsewhere = (testbed.toolchain.queue, *testbed.toolchain.odoo.addons)
    odoo = Instance.clone(
        template=testbed.addon_template("mcp_audit"),
        options={"addons_path": ",".join(map(str, (folder, *elsewhere)))},
        channels="root:0",
    )
    try:
        odoo.install(addons)
        odoo.keys.update(provision(odoo.server))
        odoo.shell(_CUSTOMISE)
        if "mcp_audit" in addons:
            with _served(odoo) as client:
                client.call("create", model="res.partner", records=[{"name": "Old"}])
            odoo.shell(_SEAL)

        updated = Instance(odoo.server, keys=odoo.keys, channels="root:0")
        updated.install(["mcp_audit", "mcp_security", "mcp_prompts"], update=addons)
        with _served(updated) as client:
            tools = {tool["name"] for tool in client.ask("tools/list")["tools"]}
            assert "search" in tools and "count" not in tools
            assert client.call("search", model="res.partner")["records"]
        if "mcp_audit" in addons:
            state, events = updated.shell(_VERIFY)
            assert (state, events > 0) == ("intact", True)
    finally:
        odoo.server.remove()
