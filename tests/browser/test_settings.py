"""Settings, General Settings, MCP Server."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def settings(admin):
    """The administrator's desk, at the settings."""
    admin.open("settings")
    admin.page.locator("#mcp_allowed_hosts").scroll_into_view_if_needed()
    return admin


def _field(desk, name):
    return desk.page.locator(f"[name=mcp_{name}]").locator("input, textarea").first


def _save(desk):
    desk.page.click(".o_control_panel .o_form_button_save")


def _saved(desk):
    """Save, and wait until the page that Odoo loads anew stands."""
    with desk.page.expect_event("load"):
        _save(desk)
    desk.page.wait_for_selector("#mcp_allowed_hosts")


def _parameter(office, name):
    domain = [("key", "=", f"mcp_core.{name}")]
    found = office.desk.call("ir.config_parameter", "search_read", domain, ["value"])
    return found[0]["value"] if found else None


def test_a_setting_is_changed_and_the_default_written_back_is_not_kept(
    settings, office
):
    settings.photograph("settings")
    for value, kept in (("50", "50"), ("100", None)):
        _field(settings, "page_size").fill(value)
        _saved(settings)
        expect(_field(settings, "page_size")).to_have_value(value)
        assert _parameter(office, "page_size") == kept
    assert _parameter(office, "answer_bytes") is None


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("page_size", "5000", "5000 is not between 1 and 1000"),
        ("request_bytes", "1", "1 is not between 64 and 65536"),
        ("allowed_origins", "example.com", "is not an origin"),
        ("allowed_hosts", "https://example.com", "is not a host"),
        ("allowed_hosts", "other.example.com", "which you are using right now"),
    ],
)
def test_a_value_that_makes_no_sense_is_refused_in_words(
    settings, office, name, value, words
):
    _field(settings, name).fill(value)
    _save(settings)
    dialog = settings.page.locator(".modal")
    expect(dialog).to_contain_text(words)
    settings.photograph(f"settings refused {name}")
    dialog.get_by_role("button", name="Close").first.click()
    settings.page.click(".o_control_panel .o_form_button_cancel")
    assert _parameter(office, name) is None
