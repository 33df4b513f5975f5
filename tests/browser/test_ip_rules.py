"""MCP, Configuration, IP Rules: what is refused on save, and who is kept out."""

import httpx
import pytest
from playwright.sync_api import expect

_RULES = "action-mcp_security.action_mcp_ip_rule"
#: The address of whoever runs the tests, wherever that is.
_EVERYBODY = "0.0.0.0/0"


@pytest.fixture
def rules(admin, office):
    """The administrator's desk at the rules, of which none are left after the test."""
    admin.open(_RULES)
    yield admin
    found = office.desk.call("mcp.ip.rule", "search", [])
    office.desk.call("mcp.ip.rule", "write", found, {"locks_out": True})
    office.desk.call("mcp.ip.rule", "unlink", found)


def _begin(desk, network, action="Allow"):
    """Write a new rule, without saving it, and return its row."""
    desk.page.get_by_role("button", name="New").click()
    row = desk.page.locator(".o_selected_row")
    row.locator("[name=network] input").fill(network)
    if action != "Allow":
        row.locator("[name=action] input").click()
        desk.page.locator(".o_select_menu_item").get_by_text(action).click()
    return row


def _save(desk):
    desk.page.locator(".o_list_button_save").click()


def _refused(desk, words, photograph):
    """See the refusal that has these words, and go back to the row."""
    dialog = desk.page.locator(".modal")
    expect(dialog).to_contain_text(words)
    desk.photograph(photograph)
    dialog.get_by_role("button", name="Close").first.click()
    expect(dialog).to_have_count(0)


def _status(server):
    """Return the status that a client without credentials gets."""
    headers = {"X-Odoo-Database": server.database}
    return httpx.post(server.url, content=b"{}", headers=headers).status_code


def test_without_rules_the_list_says_what_they_do(rules):
    expect(rules.page.locator(".o_nocontent_help")).to_contain_text(
        "Clients may come from every address"
    )
    rules.photograph("ip rules none")


def test_what_is_no_network_is_refused_and_the_rest_gets_its_one_form(rules):
    row = _begin(rules, "203.0.113.0/33", "Deny")
    _save(rules)
    _refused(rules, "is no address and no network", "ip rule wrong")
    row.locator("[name=network] input").fill("203.0.113.7/24")
    _save(rules)
    saved = rules.page.locator(".o_data_row")
    expect(saved.locator("td[name=network]")).to_have_text("203.0.113.0/24")
    expect(saved).not_to_have_class("o_selected_row")
    rules.photograph("ip rules")


def test_nobody_locks_themselves_out_without_saying_so(rules, server):
    assert _status(server) == 401
    row = _begin(rules, _EVERYBODY, "Deny")
    _save(rules)
    _refused(rules, "the address that you are using now", "ip rule against oneself")
    assert _status(server) == 401
    row.locator("[name=locks_out] input").check()
    _save(rules)
    expect(rules.page.locator(".o_list_button_save")).to_have_count(0)
    assert _status(server) == 403
    # asked once: who is out already is not asked again for each rule
    _begin(rules, "203.0.113.0/24", "Deny")
    _save(rules)
    expect(rules.page.locator(".o_list_button_save")).to_have_count(0)
    expect(rules.page.locator(".o_data_row")).to_have_count(2)
