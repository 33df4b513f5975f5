"""MCP, Monitoring: from the audit log to a file on the disk of an auditor."""

import csv
import hashlib
import io
import json
import os
import re
import zipfile

import pytest
from endpoint import Endpoint
from office import Office
from playwright.sync_api import expect

_LOGS = "action-mcp_audit.action_mcp_audit_log"
_EXPORTS = "action-mcp_audit.action_mcp_audit_export"


@pytest.fixture(scope="module")
def server():
    """A server with all apps and addons, which runs jobs."""
    if os.environ.get("MCP_TEST_URL"):
        pytest.skip("a server that is not ours may run no jobs")
    from bootstrap.instance import Instance

    with Instance.clone(channels="root:2") as instance:
        yield instance


@pytest.fixture(scope="module")
def office(server):
    """Odoo's interface without a browser, of this server."""
    with Office(server.web_url, server.database, "admin") as office:
        yield office


@pytest.fixture(scope="module")
def requests(server):
    """What a client asked: three calls of one tool, and one of another."""
    with Endpoint(server.url, server.keys["admin"]) as client:
        for _ in range(3):
            client.call("search", model="res.partner", limit=1)
        client.call("list_companies")


@pytest.fixture
def auditor(sit_down, office, requests):
    """The desk of somebody who audits, and neither uses nor manages MCP."""
    employee = office.hire(["mcp_audit.group_auditor"], name="Auditor")
    return sit_down(employee.login, employee.login)


@pytest.fixture
def manager(sit_down, office):
    """The desk of an administrator of MCP who is no auditor."""
    groups = ["base.group_user", "mcp_core.group_manager"]
    employee = office.hire(groups, name="Manager")
    return sit_down(employee.login, employee.login)


def _wizard(desk):
    dialog = desk.page.locator(".modal")
    expect(dialog.get_by_role("button", name="Export", exact=True)).to_be_visible()
    return dialog


def _downloaded(desk, form):
    """Return {name: content} of the file, and its manifest."""
    with desk.page.expect_download() as download:
        form.get_by_role("button", name="Download").click()
    assert re.fullmatch(r"mcp-audit-.*\.zip", download.value.suggested_filename)
    content = download.value.path().read_bytes()
    digest = form.locator("[name=sha256]").inner_text()
    assert hashlib.sha256(content).hexdigest() == digest
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        found = {name: file.read(name) for name in file.namelist()}
    return found, json.loads(found.pop("manifest.json"))


def test_the_list_is_exported_with_its_filter(auditor):
    auditor.open(_LOGS)
    page = auditor.page
    page.fill(".o_searchview_input", "search")
    offers = page.locator(".o_searchview_autocomplete")
    offers.get_by_text("Search Tool for: search", exact=True).click()
    expect(page.locator(".o_list_view .o_data_row")).to_have_count(3)
    page.locator(".o_control_panel").get_by_role("button", name="Export").click()
    dialog = _wizard(auditor)
    expect(dialog.locator("[name=source] input:checked + label")).to_have_text(
        "All events of the list"
    )
    expect(dialog.locator("[name=event_count]")).to_have_text("3")
    auditor.photograph("audit export wizard")
    dialog.get_by_role("button", name="Export", exact=True).click()
    # how far it is shows by itself
    form = page.locator(".o_form_view")
    ready = form.locator(".o_statusbar_status .o_arrow_button_current")
    expect(ready).to_have_text("Ready", timeout=60_000)
    expect(page.locator(".o_notification", has_text="is ready")).to_be_visible()
    expect(form.locator("[name=percent]")).to_contain_text("100")
    auditor.photograph("audit export")
    found, manifest = _downloaded(auditor, form)
    [(name, content)] = found.items()
    assert name == "events.csv"
    header, *lines = csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))
    assert len(lines) == manifest["events"] == 3
    assert {line[header.index("tool")] for line in lines} == {"search"}
    # which is in the trail
    auditor.open(_LOGS)
    page.locator(".o_searchview_facet .o_facet_remove").first.click()
    row = page.locator(".o_data_row", has_text="Export Downloaded")
    expect(row).to_be_visible()


def test_selected_rows_are_exported_with_chosen_columns(auditor):
    auditor.open(_LOGS)
    page = auditor.page
    rows = page.locator(".o_list_view .o_data_row")
    rows.nth(0).locator(".o_list_record_selector input").check()
    rows.nth(1).locator(".o_list_record_selector input").check()
    page.locator(".o_control_panel").get_by_role("button", name="Actions").click()
    menu = page.locator(".o-dropdown--menu")
    menu.get_by_text("Export Audit Events", exact=True).click()
    dialog = _wizard(auditor)
    expect(dialog.locator("[name=event_count]")).to_have_text("2")
    dialog.get_by_label("JSON Lines", exact=True).check()
    dialog.get_by_label("Choose", exact=True).check()
    columns = dialog.locator("[name=column_ids] .o_data_row")
    expect(columns).to_have_count(33)
    login = columns.filter(has=page.get_by_text("login", exact=True))
    login.locator("[name=chosen] input").click()
    auditor.photograph("audit export columns")
    dialog.get_by_role("button", name="Export", exact=True).click()
    form = page.locator(".o_form_view")
    ready = form.locator(".o_statusbar_status .o_arrow_button_current")
    expect(ready).to_have_text("Ready", timeout=60_000)
    found, manifest = _downloaded(auditor, form)
    assert "login" not in manifest["columns"]
    lines = [json.loads(line) for line in found["events.jsonl"].splitlines()]
    assert len(lines) == 2
    assert all("tool" in line and "login" not in line for line in lines)


def test_administrators_see_exports_and_not_their_files(manager, office):
    desk = office.hire(["mcp_audit.group_auditor"]).desk
    [wizard] = desk.call("mcp.audit.export.wizard", "create", [{}])
    number = desk.call("mcp.audit.export.wizard", "action_export", [wizard])["res_id"]
    manager.open(_EXPORTS)
    page = manager.page
    # the list shows how far it is, too
    ready = page.locator(".o_data_row").first.locator("td[name=state]")
    expect(ready).to_have_text("Ready", timeout=60_000)
    expect(page.get_by_role("button", name="New Export")).to_have_count(0)
    page.locator(".o_data_row").first.locator("td[name=format]").click()
    form = page.locator(".o_form_view")
    expect(form.locator("[name=sha256]")).to_be_visible()
    expect(form.get_by_role("button", name="Download")).to_have_count(0)
    expect(form.locator("[name=filter]")).to_have_count(0)
    answer = page.context.request.get(
        f"{page.url.split('/odoo')[0]}/mcp_audit/export/{number}"
    )
    assert answer.status == 404


def test_an_export_of_its_own_filter_is_begun_from_the_menu(auditor):
    auditor.open(_EXPORTS)
    page = auditor.page
    page.get_by_role("button", name="New Export").click()
    dialog = _wizard(auditor)
    dialog.locator("[name=tool_names] input").fill("list_companies")
    dialog.locator("[name=tool_names] input").press("Tab")
    expect(dialog.locator("[name=event_count]")).to_have_text("1")
    dialog.get_by_label("Excel (XLSX)").check()
    dialog.get_by_role("button", name="Export", exact=True).click()
    form = page.locator(".o_form_view")
    ready = form.locator(".o_statusbar_status .o_arrow_button_current")
    expect(ready).to_have_text("Ready", timeout=60_000)
    form.get_by_role("button", name="Delete File").click()
    page.locator(".modal").get_by_role("button", name="Ok").click()
    expect(ready).to_have_text("File Deleted")
    expect(form.get_by_role("button", name="Download")).to_have_count(0)
