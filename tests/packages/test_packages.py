"""What is shipped: wheels that bring the addons to an Odoo that has none of them."""

import os
import re
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest

_PROJECT = Path(__file__).parents[2]
_ADDONS = ("mcp_core", "mcp_security", "mcp_prompts", "mcp_audit")
#: What of a wheel no administrator needs, or nobody should get.
_UNWANTED = re.compile(r"\.pyc$|/tests?/.*\.(key|pem)$|\.po~$")


@pytest.fixture(scope="module")
def wheels(tmp_path_factory):
    """The wheels by the name of what they are of, built as for a release."""
    folder = tmp_path_factory.mktemp("dist")
    sources = {name: _PROJECT / name for name in _ADDONS}
    sources["metapackage"] = _PROJECT / "setup" / "_metapackage"
    built = {}
    for name, source in sources.items():
        there = set(folder.iterdir())
        words = ["build", "--wheel", "--no-isolation", "--outdir", str(folder)]
        made = subprocess.run(
            [sys.executable, "-m", *words, str(source)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert made.returncode == 0, made.stdout + made.stderr
        (built[name],) = set(folder.iterdir()) - there
    return built


def _metadata(wheel):
    with zipfile.ZipFile(wheel) as file:
        (name,) = (n for n in file.namelist() if n.endswith(".dist-info/METADATA"))
        return Parser().parsestr(file.read(name).decode())


def _normal(requirement):
    return re.split(r"[^\w.-]", requirement)[0].replace("_", "-").lower()


def test_wheels_hold_the_addons_and_say_what_they_need(wheels):
    needed = {
        name: {_normal(text) for text in _metadata(wheel).get_all("Requires-Dist")}
        for name, wheel in wheels.items()
    }
    core = "odoo-addon-mcp-core"
    assert {"jsonschema", "orjson"} <= needed["mcp_core"]
    assert core in needed["mcp_security"] and core in needed["mcp_prompts"]
    assert {core, "odoo-addon-queue-job"} <= needed["mcp_audit"]
    assert needed["metapackage"] == {
        f"odoo-addon-{name.replace('_', '-')}" for name in _ADDONS
    }
    for name in _ADDONS:
        with zipfile.ZipFile(wheels[name]) as file:
            files = file.namelist()
        assert f"odoo/addons/{name}/__manifest__.py" in files
        assert f"odoo/addons/{name}/static/description/icon.png" in files
        assert not [path for path in files if _UNWANTED.search(path)]


def test_an_odoo_that_has_nothing_gets_all_of_it_from_the_wheels(wheels, tmp_path):
    from bootstrap import layout
    from bootstrap.console import Steps
    from bootstrap.environment import Environment
    from bootstrap.testbed import Testbed

    testbed = Testbed.current()
    environment = Environment("odoo", tmp_path / "env")
    with Steps(quiet=True).step("Clean environment") as step:
        environment.build(step)
        environment.install(layout.REQUIREMENTS / "addons.txt", step)
    words = ["install", "--no-deps", "--no-index", *map(str, wheels.values())]
    subprocess.run([environment.python, "-m", "pip", *words], check=True)

    server = testbed.clone(testbed.addon_template("mcp_audit"))
    try:
        # of the project, and of queue_job, there is no folder on the path
        path = ",".join(map(str, testbed.toolchain.odoo.addons))
        server.configure(0, 0, options={"addons_path": path})
        words = ["--config", server.config, "--stop-after-init", "--init"]
        installed = subprocess.run(
            [
                environment.python,
                testbed.toolchain.odoo.script,
                *words,
                ",".join(_ADDONS),
            ],
            env={
                **os.environ,
                **server.database.server.environment,
                "PYTHONPATH": str(testbed.toolchain.odoo.python_path),
            },
            capture_output=True,
            text=True,
            check=False,
        )
        assert installed.returncode == 0, installed.stderr[-4000:]
        connection = server.database.connect()
        with connection.cursor() as cr:
            cr.execute(
                "SELECT name FROM ir_module_module"
                " WHERE state = 'installed' AND name LIKE 'mcp%'"
            )
            found = {name for (name,) in cr.fetchall()}
        connection.close()
        assert found == set(_ADDONS)
    finally:
        server.remove()
