"""MCP, Monitoring, Dashboard: what an auditor sees of the usage, and where it leads."""

import re

import pytest
from endpoint import Endpoint
from playwright.sync_api import expect

_DASHBOARD = "action-mcp_audit.action_mcp_audit_dashboard"


@pytest.fixture
def auditor(office, sit_down):
    """The :class:`Desk` of an auditor who is nothing else."""
    employee = office.hire(["base.group_user", "mcp_audit.group_auditor"])
    yield sit_down(employee.login, employee.login)
    office.write("res.users", employee.id, {"active": False})


@pytest.fixture(scope="session")
def usage(office, server):
    """A user who searched, and one who is nobody; it is counted."""
    employee = office.hire(["base.group_user", "mcp_core.group_user"])
    with Endpoint(server.url, employee.key) as endpoint:
        for _n in range(3):
            endpoint.call("search", model="res.users", limit=1)
    # no job runs here
    action = office.create(
        "ir.actions.server",
        name="fold",
        model_id=office.reference("mcp_audit.model_mcp_audit_rollup"),
        state="code",
        code="model._fold()",
    )
    office.desk.call("ir.actions.server", "run", [action])
    office.unlink("ir.actions.server", action)
    yield employee
    office.write("res.users", employee.id, {"active": False})


def test_figures_lead_to_the_events_they_count(auditor, usage):
    auditor.open(_DASHBOARD)
    page = auditor.page
    tools = page.locator("section[name=tools]")
    expect(tools).to_contain_text("search")
    expect(page.locator(".o_mcp_freshness")).to_contain_text("Complete up to")
    expect(page.locator("canvas")).to_be_visible()
    auditor.photograph("dashboard")
    told = int(page.locator(".o_mcp_tile[name=calls] .fs-2").inner_text())
    page.locator("section[name=users]").get_by_text(usage.login).click()
    expect(page.locator(".o_list_view .o_data_row")).not_to_have_count(0)
    expect(page.locator(".o_data_row").first).to_contain_text(usage.login)
    page.locator(".o_breadcrumb").get_by_text("Dashboard").click()
    page.locator(".o_mcp_tile[name=calls]").click()
    expect(page.locator(".o_pager_limit")).to_have_text(re.compile(rf"^{told}\+?$"))


def test_each_period_has_its_figures(auditor, usage):
    auditor.open(_DASHBOARD)
    page = auditor.page
    for label in ("24 hours", "30 days", "90 days", "7 days"):
        button = page.locator(".o_mcp_periods").get_by_text(label)
        button.click()
        expect(button).to_have_class(re.compile("active"))
        expect(page.locator("section[name=tools]")).to_contain_text("search")


def test_it_fits_a_telephone(auditor, usage):
    auditor.page.set_viewport_size({"width": 375, "height": 800})
    auditor.open(_DASHBOARD)
    page = auditor.page
    expect(page.locator("section[name=tools]")).to_be_visible()
    auditor.photograph("dashboard telephone")
    wide = page.evaluate(
        "() => document.querySelector('.o_mcp_figures').scrollWidth"
        " - document.querySelector('.o_mcp_dashboard').clientWidth"
    )
    assert wide <= 0


def test_it_is_readable_in_the_dark(auditor, usage):
    auditor.page.context.add_cookies(
        [{"name": "color_scheme", "value": "dark", "url": auditor.page.url}]
    )
    auditor.open(_DASHBOARD)
    expect(auditor.page.locator("canvas")).to_be_visible()
    auditor.photograph("dashboard dark")


def test_usage_is_a_graph_and_a_pivot(auditor, usage):
    auditor.open("action-mcp_audit.action_mcp_audit_rollup")
    page = auditor.page
    expect(page.locator(".o_graph_canvas_container canvas")).to_be_visible()
    page.locator(".o_switch_view.o_pivot").click()
    expect(page.locator(".o_pivot table")).to_contain_text("search")
    auditor.photograph("usage pivot")
