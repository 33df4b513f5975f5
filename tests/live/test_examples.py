"""The addons that show developers how: tests/addons/mcp_example_*."""

import json
import re
from pathlib import Path

import pytest
from endpoint import Endpoint

_PROJECT = Path(__file__).parents[2]
_ADDONS = ["mcp_example_tool", "mcp_example_resource", "mcp_example_concern"]
_CLOSE = """
def main(env, closed):
    env["ir.config_parameter"].set_param("mcp_example_concern.closed", closed)
    env.cr.commit()
    # the server is another process
    env.registry.signal_changes()
"""


@pytest.fixture(scope="module")
def odoo():
    from bootstrap.instance import Instance

    with Instance.clone(channels="root:0", addons=_ADDONS) as odoo:
        yield odoo


@pytest.fixture
def client(odoo):
    with Endpoint(odoo.url, odoo.keys["demo"], patience=30) as client:
        yield client


def test_a_tool(client):
    listed = {tool["name"]: tool for tool in client.ask("tools/list")["tools"]}
    assert listed["neglected_contacts"]["annotations"]["readOnlyHint"] is True
    contacts = client.call("neglected_contacts", days=1)["contacts"]
    assert contacts == sorted(contacts, key=lambda c: (c["write_date"], c["id"]))
    assert "from 1 on" in client.failed_call("neglected_contacts", days=0)
    assert "Invalid arguments" in client.failed_call("neglected_contacts")


def test_a_resource(client):
    found = client.ask("resources/read", {"uri": "example://companies/us"})
    companies = json.loads(found["contents"][0]["text"])
    assert companies["country"] == "United States"
    assert companies["companies"]
    refused = client.post("resources/read", {"uri": "example://companies/xx"})
    assert refused.json()["error"]["code"] == -32002
    proposed = client.ask(
        "completion/complete",
        {
            "ref": {"type": "ref/resource", "uri": "example://companies/{country}"},
            "argument": {"name": "country", "value": "B"},
        },
    )
    assert "BE" in proposed["completion"]["values"]


def test_a_concern(odoo, client):
    odoo.shell(_CLOSE, closed="1")
    try:
        refused = client.failed_call(
            "create", model="res.partner", records=[{"name": "Too Late"}]
        )
        assert "books are closed" in refused
        assert client.call("count", model="res.partner")["count"]
        assert "books are closed" in client.initialize()["instructions"]
    finally:
        odoo.shell(_CLOSE, closed="")
    client.call("create", model="res.partner", records=[{"name": "In Time"}])


def test_the_readme_shows_them_as_they_are():
    readme = (_PROJECT / "README.md").read_text()
    _before, _title, guide = readme.partition("## For developers")
    shown = re.findall(r"```(?:python|xml)\n(.*?)```", guide, re.DOTALL)
    assert len(shown) >= 3
    files = [
        path.read_text()
        for addon in _ADDONS
        for path in (_PROJECT / "tests" / "addons" / addon).rglob("*.*")
        if path.suffix in (".py", ".xml")
    ]
    for block in shown:
        assert any(block in text for text in files), block
