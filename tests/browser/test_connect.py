"""MCP, Connect: from no key to a client that works, and back."""

import json

import pytest
from connect import ADDRESS, key_in, make_key
from endpoint import Endpoint
from playwright.sync_api import expect


@pytest.fixture
def person(office, sit_down):
    """The :class:`Desk` of a new user in MCP / User, whose password is their login."""
    employee = office.hire(["base.group_user", "mcp_core.group_user"])
    desk = sit_down(employee.login, employee.login)
    desk.password = employee.login
    yield desk
    office.write("res.users", employee.id, {"active": False})


def test_a_user_sees_the_menu_for_connecting_and_nothing_to_administer(person):
    person.open(ADDRESS)
    expect(person.page.locator(".o_nocontent_help")).to_contain_text(
        "Connect your first AI client"
    )
    person.photograph("connect nothing yet")
    sections = person.page.locator(".o_menu_sections")
    expect(sections).to_contain_text("Connect")
    expect(sections).not_to_contain_text("Configuration")
    expect(sections).not_to_contain_text("Monitoring")


def test_a_new_key_works_from_the_browser_and_is_there_to_copy(person, server):
    dialog = make_key(person, photograph=True)
    dialog.get_by_role("button", name="Test Connection").click()
    status = dialog.locator(".o_mcp_connection_test [role=status]")
    expect(status).to_contain_text("answered in")
    expect(status).to_contain_text("Protocol revision 2025-11-25")
    person.photograph("connect tested")
    key = key_in(dialog)
    texts = {
        "Claude Code": [f'"Authorization: Bearer {key}"', "claude mcp add"],
        "Claude Desktop": ["mcp-remote", f'"AUTH": "Bearer {key}"'],
        "VS Code": ['"servers"', key],
        "Cursor": ['"mcpServers"', key],
        "curl": ["initialize", key],
        "Other Clients": ["OAuth"],
    }
    for client, words in texts.items():
        dialog.get_by_role("tab", name=client).click()
        pane = dialog.locator(".tab-pane.active")
        for word in words:
            expect(pane).to_contain_text(word)
        person.photograph(f"connect {client}")
        if client != "Other Clients":
            expect(pane).to_contain_text(server.url)
            pane.get_by_role("button", name="Copy").click()
            copied = person.page.evaluate("navigator.clipboard.readText()")
            assert key in copied
        if client in ("Claude Desktop", "VS Code", "Cursor"):
            json.loads(copied)


def test_a_read_only_key_is_read_only(person, server, changing_tool):
    for access, offered in (("Read only", False), ("Read and write", True)):
        dialog = make_key(person, access=access)
        with Endpoint(server.url, key_in(dialog)) as endpoint:
            names = {tool["name"] for tool in endpoint.ask("tools/list")["tools"]}
            assert "count" in names
            assert (changing_tool in names) is offered
            call = {"name": changing_tool, "arguments": {"model": "res.partner"}}
            answer = endpoint.post("tools/call", call).json()
            assert ("result" in answer) is offered
        dialog.get_by_role("button", name="Done").click()


def test_a_revoked_key_is_told_apart_by_the_test(person, server):
    dialog = make_key(person)
    key = key_in(dialog)
    dialog.get_by_role("button", name="Done").click()
    row = person.page.locator(".o_data_row")
    expect(row).to_contain_text("Claude on my laptop")
    expect(row).to_contain_text("Read Only")
    person.photograph("connect keys")
    row.get_by_role("button", name="Revoke").click()
    dialog.get_by_role("button", name="Revoke").click()
    expect(row).to_have_count(0)
    with Endpoint(server.url, key) as endpoint:
        assert endpoint.post("ping").status_code == 401
