"""MCP, My Prompts: writing one, looking at it, and using it with a client."""

import re

import httpx
import pytest
from playwright.sync_api import expect

_OWN = "action-mcp_prompts.action_mcp_prompt_own"
_GLOBAL = "action-mcp_prompts.action_mcp_prompt_global"
_MODERN = "2026-07-28"


@pytest.fixture
def own_prompts(office):
    """The prompts of the administrator that a test makes are gone after it."""
    yield
    found = office.desk.call("mcp.prompt", "search", [("name", "=like", "tried%")])
    office.desk.call("mcp.prompt", "unlink", found)


@pytest.fixture
def client(office, server):
    """Return *ask(method, params)*: a client with a key of the administrator."""
    key = office.desk.new_key()

    def ask(method, **params):
        params["_meta"] = {
            "io.modelcontextprotocol/protocolVersion": _MODERN,
            "io.modelcontextprotocol/clientCapabilities": {},
        }
        response = httpx.post(
            server.url,
            json={"jsonrpc": "2.0", "id": 1, "method": method, "params": params},
            headers={
                "authorization": f"Bearer {key}",
                "accept": "application/json, text/event-stream",
                "mcp-protocol-version": _MODERN,
                "mcp-method": method,
                **({"mcp-name": params["name"]} if "name" in params else {}),
            },
            trust_env=False,
        )
        return response.json()

    yield ask
    office.desk.remove_keys()


def _fill(dialog, name, text):
    dialog.locator(f"[name={name}] input, [name={name}] textarea").first.fill(text)


def test_a_prompt_is_written_previewed_and_got_by_a_client(admin, own_prompts, client):
    admin.open(_OWN)
    page = admin.page
    expect(page.locator(".o_nocontent_help")).to_contain_text("Write your first prompt")
    admin.photograph("prompts none")
    page.get_by_role("button", name="New").click()
    form = page.locator(".o_form_view")
    _fill(form, "title", "Tried out")
    _fill(form, "name", "tried")
    form.locator("[name=message_ids]").get_by_text("Add a line").click()
    dialog = page.locator(".modal")
    _fill(dialog, "body", "Sum up what we know about {topic}.")
    dialog.get_by_role("button", name=re.compile("^Save")).first.click()
    expect(page.locator(".modal")).to_have_count(0)
    # without its argument it is not saved
    page.locator(".o_form_button_save").click()
    problem = page.locator(".modal, .o_notification")
    expect(problem.first).to_contain_text("topic")
    admin.photograph("prompt that does not fit")
    if page.locator(".modal").count():
        page.locator(".modal .btn-primary").first.click()
    form.get_by_role("tab", name="Arguments").click()
    form.locator("[name=argument_ids]").get_by_text("Add a line").click()
    _fill(dialog, "name", "topic")
    dialog.locator("[name=required] input").check()
    dialog.get_by_role("button", name=re.compile("^Save")).first.click()
    expect(page.locator(".modal")).to_have_count(0)
    page.locator(".o_form_button_save").click()
    expect(page.locator(".o_form_status_indicator_buttons")).to_have_class(
        re.compile("invisible")
    )
    admin.photograph("prompt")
    page.get_by_role("button", name="Preview").click()
    expect(dialog.locator("[name=problem]")).to_contain_text("'topic' is missing")
    dialog.locator("[name=value_ids] td[name=value]").click()
    dialog.locator("[name=value_ids] td[name=value] input").fill("the {moor}")
    dialog.locator("[name=value_ids] td[name=value] input").press("Tab")
    expect(dialog.locator("[name=message_ids]")).to_contain_text(
        "Sum up what we know about the {moor}."
    )
    admin.photograph("prompt preview")
    listed = client("prompts/list")["result"]["prompts"]
    assert [p["title"] for p in listed if p["name"] == "tried"] == ["Tried out"]
    got = client("prompts/get", name="tried", arguments={"topic": "peat"})["result"]
    assert got["messages"][0]["content"]["text"] == "Sum up what we know about peat."


def test_global_prompts_are_shipped_and_proposals_are_accepted(
    admin, own_prompts, office
):
    office.create(
        "mcp.prompt",
        name="tried_proposal",
        title="Tried proposal",
        scope="personal",
        message_ids=[[0, 0, {"body": "Text"}]],
    )
    [found] = office.desk.call(
        "mcp.prompt", "search", [("name", "=", "tried_proposal")]
    )
    office.desk.call("mcp.prompt", "action_propose", [found])
    admin.open(_GLOBAL)
    page = admin.page
    expect(page.locator(".o_list_view")).to_contain_text("Customer brief")
    admin.photograph("prompts global")
    page.locator(".o_data_row", has_text="Tried proposal").locator(
        "td[name=title]"
    ).click()
    expect(page.locator(".o_form_view")).to_contain_text("Proposed for everyone")
    admin.photograph("prompt proposed")
    page.get_by_role("button", name="Accept for Everyone").click()
    expect(page.get_by_role("button", name="Accept for Everyone")).to_have_count(0)
    [prompt] = office.desk.call("mcp.prompt", "read", [found], ["scope", "user_id"])
    assert (prompt["scope"], prompt["user_id"]) == ("global", False)


def test_prompts_are_exported_and_imported_as_a_file(admin, tmp_path, own_prompts):
    admin.open(_GLOBAL)
    page = admin.page
    page.locator("thead .o_list_record_selector input").first.check()
    page.locator(".o_cp_action_menus, .o_control_panel").get_by_role(
        "button", name="Actions"
    ).first.click()
    page.get_by_role("menuitem", name="Export as File").click()
    dialog = page.locator(".modal")
    with page.expect_download() as download:
        dialog.locator("[name=file] a, [name=file] button").first.click()
    path = tmp_path / "prompts.json"
    download.value.save_as(path)
    assert '"customer_brief"' in path.read_text()
    admin.photograph("prompts export")
