"""MCP, Configuration, Access Control: making a record, and seeing what it comes to."""

import re

import pytest
from playwright.sync_api import expect

_RECORDS = "action-mcp_security.action_mcp_access_record"


@pytest.fixture
def no_records(office):
    """Access records that a test makes are gone after it."""
    yield
    found = office.desk.call("mcp.access.record", "search", [])
    office.desk.call("mcp.access.record", "unlink", found)


def _choose(field, text):
    """Choose what a field with suggestions offers for *text*."""
    field.locator("input").fill(text)
    field.page.locator(".o-autocomplete--dropdown-item").get_by_text(
        text, exact=True
    ).first.click()


def test_an_empty_list_says_what_records_are_for(admin, no_records):
    admin.open(_RECORDS)
    expect(admin.page.locator(".o_nocontent_help")).to_contain_text(
        "Clients may do what their users may do"
    )
    admin.photograph("access records none")


def test_a_record_is_made_and_its_effect_is_seen(admin, no_records):
    admin.open(_RECORDS)
    page = admin.page
    page.get_by_role("button", name="New").click()
    form = page.locator(".o_form_view")
    _choose(form.locator("[name=model_id]"), "Contact")
    expect(form.locator("[name=name] input, [name=name] textarea").first).to_have_value(
        "Contact"
    )
    form.locator("[name=read_mode]").get_by_label("Only these").check()
    expect(form.locator("[name=read_field_ids]")).to_contain_text("Display Name")
    expect(form).to_contain_text("is computed from fields that are not listed")
    admin.photograph("access record")
    form.get_by_role("tab", name="Methods").click()
    expect(
        form.locator("[name=method_mode]").get_by_label("Only these")
    ).to_be_checked()
    page.locator(".o_form_button_save").click()
    # Odoo saves once more what is left unsaved
    expect(page.locator(".o_form_status_indicator_buttons")).to_have_class(
        re.compile("invisible")
    )
    # of the record's own model, from its form
    page.locator(".oe_stat_button").get_by_text("Effective Access").click()
    dialog = page.locator(".modal")
    expect(dialog.locator("[name=model_id] input")).to_have_value("Contact")
    expect(dialog.locator("[name=line_ids]")).to_contain_text("None: without Change")
    admin.open(_RECORDS)
    page.get_by_role("button", name="Effective Access").click()
    _choose(dialog.locator("[name=model_id]"), "Contact")
    lines = dialog.locator("[name=line_ids]")
    expect(lines).to_contain_text("Allowed by access record “Contact”")
    expect(lines).to_contain_text("Not allowed through MCP")
    expect(dialog.locator("[name=readable_fields]")).to_have_text(
        "Only active, display_name, id."
    )
    admin.photograph("effective access")


def test_the_default_is_a_setting(admin):
    admin.open("settings")
    setting = admin.page.locator("#mcp_default_access")
    setting.scroll_into_view_if_needed()
    expect(setting).to_contain_text("Reading only")
    admin.photograph("settings default access")
