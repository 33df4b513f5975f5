"""MCP, Monitoring, Audit Logs: what an auditor finds, and users of themselves."""

import json
import uuid

import pytest
from endpoint import MODERN, Endpoint
from playwright.sync_api import expect

_LOGS = "action-mcp_audit.action_mcp_audit_log"
_OWN = "action-mcp_audit.action_mcp_own_activity"
_NAME = "Bog Myrtle"
#: Another one each time: a server that runs already may know those of earlier runs.
_WORKER = f"Wren {uuid.uuid4().hex[:8]}"


@pytest.fixture(scope="module")
def worker(server, office):
    """An employee whose client did something: looked, created, and was refused."""
    worker = office.hire(
        ["base.group_user", "base.group_partner_manager", "mcp_core.group_user"],
        name=_WORKER,
    )
    with Endpoint(server.url, worker.key) as client:
        client.call("search", model="res.partner", limit=1)
        records = [{"name": _NAME, "comment": "password: abcdefgh12"}]
        client.call("create", model="res.partner", records=records)
        client.failed_call("create", model="res.country", records=[{"name": "x"}])
    with Endpoint(server.url, f"{worker.key[:-4]}0000") as stranger:
        stranger.post("ping", revision=MODERN)
    return worker


@pytest.fixture
def auditor(sit_down, office):
    """The :class:`Desk` of somebody who audits, and neither uses nor manages MCP."""
    employee = office.hire(["mcp_audit.group_auditor"], name="Auditor")
    return sit_down(employee.login, employee.login)


@pytest.fixture
def own_events(office):
    """Users may see their own events, until the test ends."""

    def allow(value):
        office.desk.call("ir.config_parameter", "set_param", *value)

    allow(("mcp_audit.own_events", "1"))
    yield
    allow(("mcp_audit.own_events", False))


def _rows(desk):
    return desk.page.locator(".o_list_view .o_data_row")


def _search(desk, what, text):
    """Search the list for *text* in the field *what*."""
    page = desk.page
    page.fill(".o_searchview_input", text)
    offers = page.locator(".o_searchview_autocomplete")
    offers.get_by_text(f"Search {what} for: {text}", exact=True).click()
    expect(page.locator(".o_searchview_facet", has_text=text)).to_be_visible()


def _filter(desk, *names):
    """Choose filters and groups of the search menu, or take them back."""
    page = desk.page
    page.click(".o_searchview_dropdown_toggler")
    for name in names:
        items = page.locator(".o_search_bar_menu span.o_menu_item")
        items.get_by_text(name, exact=True).first.click()
    page.click(".o_searchview_dropdown_toggler")


def _open(desk, row):
    row.locator("[name=label]").click()
    form = desk.page.locator(".o_form_view")
    expect(form).to_be_visible()
    return form


def test_an_auditor_sees_monitoring_and_nothing_else_of_mcp(auditor):
    auditor.open(_LOGS)
    menu = auditor.page.locator(".o_menu_sections")
    expect(menu).to_contain_text("Monitoring")
    for absent in ("Connect", "Configuration", "My Activity"):
        expect(menu).not_to_contain_text(absent)


def test_the_requests_of_the_week_are_listed_and_searched(auditor, worker):
    auditor.open(_LOGS)
    facets = auditor.page.locator(".o_searchview_facet")
    expect(facets).to_have_text(["Requests", "Last 7 Days"])
    auditor.photograph("audit log")
    _search(auditor, "User", _WORKER)
    expect(_rows(auditor)).not_to_have_count(0)
    _search(auditor, "Tool", "create")
    expect(_rows(auditor)).to_have_count(2)
    expect(_rows(auditor).first).to_contain_text("Refused")
    expect(_rows(auditor).first).to_contain_text("Country")
    expect(_rows(auditor).last).to_contain_text(_WORKER)
    expect(_rows(auditor).last).to_contain_text("Done")
    auditor.photograph("audit log searched")
    _filter(auditor, "Changes Something")
    expect(_rows(auditor)).to_have_count(1)


def test_other_events_are_shown_beside_the_requests(auditor, worker):
    auditor.open(_LOGS)
    _filter(auditor, "Requests", "Sign-ins Refused")
    row = _rows(auditor).filter(has_text="Sign-in Failed").first
    expect(row).to_be_visible()
    form = _open(auditor, row)
    expect(form.locator("[name=told]")).to_contain_text("Kind of credentials")
    auditor.photograph("audit sign-in failed")


def test_requests_are_grouped(auditor, worker):
    auditor.open(_LOGS)
    _filter(auditor, "Outcome")
    groups = auditor.page.locator(".o_group_header")
    expect(groups.filter(has_text="Refused")).to_be_visible()
    groups.filter(has_text="Refused").click()
    expect(_rows(auditor).first).to_contain_text("Refused")
    auditor.photograph("audit log grouped")


def test_a_request_tells_its_story(auditor, worker):
    auditor.open(_LOGS)
    _search(auditor, "User", _WORKER)
    _filter(auditor, "Changes Something")
    expect(_rows(auditor)).to_have_count(1)
    form = _open(auditor, _rows(auditor).first)
    page = auditor.page
    expect(form.locator("h1")).to_contain_text("Tool Called")
    expect(form.locator("h1")).to_contain_text("Done")
    expect(form.locator("[name=account_id]")).to_have_text(_WORKER)
    asked = json.loads(form.locator(".o_field_widget[name=asked]").inner_text())
    [record] = asked["arguments"]["records"]
    assert record == {"name": _NAME, "comment": "[redacted]"}
    expect(form.locator("[name=changed] td").nth(1)).to_have_text("Created")
    auditor.photograph("audit request")
    page.get_by_role("tab", name="Answered").click()
    expect(form.locator("[name=answered_note]")).to_contain_text("a rule says so")
    page.get_by_role("tab", name="Timeline").click()
    timeline = form.locator("[name=related_ids] .o_data_row")
    expect(timeline).to_have_count(2)
    expect(timeline.first).to_contain_text("Request Begun")
    auditor.photograph("audit request timeline")
    page.get_by_role("tab", name="Technical").click()
    expect(form.locator("[name=credential]")).to_contain_text("apikey:")
    auditor.photograph("audit request technical")
    page.get_by_role("button", name="Previous in Session").click()
    expect(form.locator("h3")).to_contain_text("search")
    expect(form.locator("[name=label]").first).to_have_text("Tool Called")
    page.click("button[name=action_session]")
    expect(_rows(auditor).first).to_contain_text(_WORKER)


def test_a_changed_record_is_one_click_away(auditor, worker):
    auditor.open(_LOGS)
    _search(auditor, "User", _WORKER)
    _filter(auditor, "Changes Something")
    expect(_rows(auditor)).to_have_count(1)
    form = _open(auditor, _rows(auditor).first)
    with auditor.page.expect_popup() as popup:
        form.locator("[name=changed] a").get_by_text(_NAME).click()
    expect(popup.value.locator(".o_breadcrumb")).to_contain_text(_NAME)


def test_a_record_leads_to_what_was_done_with_it(sit_down, office, worker):
    groups = ["base.group_user", "mcp_audit.group_auditor"]
    employee = office.hire(groups, name="Auditor of Contacts")
    auditor = sit_down(employee.login, employee.login)
    [record] = office.desk.call(
        "res.partner", "search", [("name", "=", _NAME)], limit=1
    )
    auditor.open(f"res.partner/{record}")
    auditor.page.click(".o_cp_action_menus button")
    auditor.page.get_by_role("menuitem", name="MCP Activity").click()
    expect(_rows(auditor)).to_have_count(1)
    expect(_rows(auditor)).to_contain_text("create")
    breadcrumb = auditor.page.locator(".o_breadcrumb .active")
    expect(breadcrumb).to_have_text(f"MCP Activity: {_NAME}")
    auditor.photograph("audit of a record")
    form = _open(auditor, _rows(auditor).first)
    auditor.page.get_by_role("tab", name="Timeline").click()
    form.locator("[name=related_ids] .o_data_row").first.click()
    dialog = auditor.page.locator(".modal-footer")
    expect(dialog).to_contain_text("Close")
    expect(dialog).not_to_contain_text("Save")


def test_a_record_is_looked_for_by_its_number(auditor, office, worker):
    [record] = office.desk.call(
        "res.partner", "search", [("name", "=", _NAME)], limit=1
    )
    auditor.open(_LOGS)
    _search(auditor, "Record ID", f"res.partner,{record}")
    expect(_rows(auditor)).to_have_count(1)
    expect(_rows(auditor)).to_contain_text("create")


def test_who_is_no_auditor_has_no_way_there(admin, office, worker):
    [record] = office.desk.call(
        "res.partner", "search", [("name", "=", _NAME)], limit=1
    )
    admin.open(f"res.partner/{record}")
    admin.page.click(".o_cp_action_menus button")
    expect(admin.page.get_by_role("menuitem", name="Duplicate")).to_be_visible()
    expect(admin.page.get_by_role("menuitem", name="MCP Activity")).to_have_count(0)


def test_figures_are_drawn_and_crossed(auditor, worker):
    auditor.open(_LOGS)
    auditor.page.click(".o_switch_view.o_graph")
    expect(auditor.page.locator(".o_graph_view canvas")).to_be_visible()
    auditor.photograph("audit graph")
    auditor.page.click(".o_switch_view.o_pivot")
    expect(auditor.page.locator(".o_pivot table")).to_contain_text("search")
    auditor.photograph("audit pivot")


def test_looking_is_an_event(auditor, worker):
    auditor.open(_LOGS)
    _filter(auditor, "Requests", "Audit's Own Events")
    row = _rows(auditor).filter(has_text="Auditor").first
    expect(row).to_contain_text("Audit Viewed")
    form = _open(auditor, row)
    expect(form.locator("[name=told]")).to_contain_text("Time >= today -7d")
    auditor.photograph("audit viewed")


def test_the_smart_buttons_lead_to_requests(admin, office, worker):
    group = office.reference("mcp_audit.group_auditor")
    office.write("res.users", office.desk.user_id, {"group_ids": [(4, group)]})
    admin.open(f"action-base.action_res_users/{worker.id}")
    activity = admin.page.locator("button[name=action_view_mcp_activity]")
    # where there are many apps, it is among those that have no room
    expect(activity.or_(admin.page.locator(".o_button_more")).first).to_be_visible()
    if not activity.is_visible():
        admin.page.click(".o_button_more")
    activity.click()
    expect(_rows(admin).first).to_contain_text(_WORKER)
    admin.open("action-mcp_core.action_mcp_session")
    row = _rows(admin).filter(has_text=_WORKER).first
    row.locator("button[name=action_view_requests]").click()
    expect(_rows(admin).filter(has_text="search").first).to_be_visible()


def test_users_see_what_their_own_clients_did(sit_down, worker, own_events):
    desk = sit_down(worker.login, worker.login)
    desk.open(_OWN)
    expect(desk.page.locator(".o_menu_sections")).to_contain_text("My Activity")
    expect(_rows(desk).filter(has_text="create")).to_have_count(2)
    expect(_rows(desk)).to_have_count(_rows(desk).filter(has_text=_WORKER).count())
    desk.photograph("my activity")


def test_users_see_nothing_unless_a_setting_says_so(sit_down, worker):
    desk = sit_down(worker.login, worker.login)
    desk.open("action-mcp_core.action_mcp_connect")
    expect(desk.page.locator(".o_menu_sections")).not_to_contain_text("My Activity")


def test_the_settings_line_up(admin):
    admin.open("settings")
    retention = admin.page.locator("#mcp_retention")
    retention.scroll_into_view_if_needed()
    lefts = {
        round(field.bounding_box()["x"]) for field in retention.locator("input").all()
    }
    assert len(lefts) == 1
    admin.photograph("settings audit")


def test_a_rule_shows_an_example_of_what_it_keeps(admin):
    admin.open("action-mcp_audit.action_mcp_audit_rule")
    expect(admin.page.locator(".o_nocontent_help")).to_contain_text("Every request")
    admin.photograph("audit rules none")
    admin.page.get_by_role("button", name="New").click()
    form = admin.page.locator(".o_form_view")
    example = form.locator("[name=example]")
    expect(example).to_contain_text("asked")
    form.get_by_label("Who, what and when").check()
    expect(example).not_to_contain_text("asked")
    form.get_by_label("Also what was answered").check()
    expect(example).to_contain_text("[redacted]")
    admin.photograph("audit rule")
    admin.page.click(".o_form_button_cancel")
