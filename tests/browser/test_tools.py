"""MCP, Configuration, Tools: looking at a tool, trying it, and what is refused."""

import json

from playwright.sync_api import expect

_ADDRESS = "action-mcp_core.action_mcp_tool"
_SET_CODE = "(element, text) => ace.edit(element).setValue(text)"
_GET_CODE = "element => ace.edit(element).getValue()"


def _open_tool(desk, name):
    desk.open(_ADDRESS)
    desk.page.locator(f".o_data_cell[name=name]:text-is('{name}')").click()
    desk.page.wait_for_selector(".o_form_view")


def _try(desk):
    """Open the dialog for trying a tool and return it."""
    desk.page.get_by_role("button", name="Try It").click()
    dialog = desk.page.locator(".modal")
    expect(dialog.locator(".ace_editor")).to_be_visible()
    return dialog


def test_the_tools_are_listed_by_category(admin):
    admin.open(_ADDRESS)
    expect(admin.page.locator(".o_search_panel")).to_contain_text("Reading Records")
    admin.photograph("tools")
    admin.page.locator(".o_search_panel").get_by_text("Finding the Way").click()
    expect(admin.page.locator(".o_list_view")).to_contain_text("list_models")
    expect(admin.page.locator(".o_data_cell:text-is('count')")).to_have_count(0)


def test_the_users_of_a_tool_are_one_click_away(admin):
    _open_tool(admin, "count")
    admin.photograph("tool")
    admin.page.click("button[name=action_view_users]")
    expect(admin.page.locator(".o_list_view")).to_contain_text("Administrator")


def test_a_tool_is_tried_and_answers_as_it_would_answer_a_model(admin):
    _open_tool(admin, "count")
    dialog = _try(admin)
    editor = dialog.locator("[name=arguments] .ace_editor")
    proposed = json.loads(editor.evaluate(_GET_CODE))
    assert proposed["model"]
    editor.evaluate(_SET_CODE, json.dumps({"model": "res.partner"}))
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_contain_text("The tool succeeded")
    expect(dialog).to_contain_text("tokens")
    dialog.get_by_role("tab", name="As the Model Reads It").click()
    expect(dialog.locator("div[name=answer]")).to_contain_text('{"count":')
    admin.photograph("tool tried")
    editor.evaluate(_SET_CODE, json.dumps({"model": "res.partners"}))
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_contain_text("The tool answered with an error")
    admin.photograph("tool failed")


def test_a_tool_that_may_change_something_is_undone_or_kept(admin, changing_tool):
    _open_tool(admin, changing_tool)
    dialog = _try(admin)
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_contain_text("What it changed is undone")
    admin.photograph("tool undone")
    dialog.get_by_label("Keep the Changes").check()
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_contain_text("What it changed is kept")


def test_a_schema_that_clients_could_not_use_is_refused(admin):
    _open_tool(admin, "count")
    admin.page.get_by_role("tab", name="Input Schema").click()
    admin.photograph("tool schema")
    editor = admin.page.locator("[name=input_schema] .ace_editor")
    editor.evaluate(_SET_CODE, '{"type": "obj')
    admin.page.click(".o_form_button_save")
    dialog = admin.page.locator(".modal")
    expect(dialog).to_contain_text("not valid JSON")
    admin.photograph("tool schema refused")
    dialog.get_by_role("button", name="Close").first.click()
    admin.page.click(".o_form_button_cancel")


def test_the_resources_are_listed(admin):
    admin.open("action-mcp_core.action_mcp_resource")
    expect(admin.page.locator(".o_control_panel")).to_contain_text("Resources")
    admin.photograph("resources")
