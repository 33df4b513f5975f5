"""MCP, Monitoring: the trail verified, by jobs that are waited for."""

import os

import pytest
from endpoint import Endpoint
from office import Office
from playwright.sync_api import expect

_VERIFICATIONS = "action-mcp_audit.action_mcp_audit_verification"
#: As the scheduled action does; the job runner of the server does the work.
_SEAL = """
def main(env):
    env["mcp.audit.seal"]._start()
"""


@pytest.fixture(scope="module")
def server():
    """A server with all apps and addons, which runs jobs."""
    if os.environ.get("MCP_TEST_URL"):
        pytest.skip("a server that is not ours may run no jobs")
    from bootstrap.instance import Instance

    with Instance.clone(channels="root:2") as instance:
        with Endpoint(instance.url, instance.keys["admin"]) as client:
            for _ in range(3):
                client.call("list_companies")
        instance.shell(_SEAL)
        yield instance


@pytest.fixture(scope="module")
def office(server):
    """Odoo's interface without a browser, of this server."""
    with Office(server.web_url, server.database, "admin") as office:
        yield office


@pytest.fixture
def auditor(sit_down, office):
    """The desk of somebody who audits, and neither uses nor manages MCP."""
    employee = office.hire(["mcp_audit.group_auditor"], name="Auditor")
    return sit_down(employee.login, employee.login)


def test_an_auditor_verifies_the_trail(auditor):
    auditor.open("action-mcp_audit.action_mcp_audit_seal")
    page = auditor.page
    expect(page.locator(".o_data_row").first).to_be_visible(timeout=60_000)
    auditor.photograph("seals")
    auditor.open(_VERIFICATIONS)
    expect(page.locator(".o_view_nocontent")).to_contain_text("Nothing was verified")
    page.get_by_role("button", name="Verify Now").click()
    # how far it is shows by itself
    form = page.locator(".o_form_view")
    state = form.locator(".o_statusbar_status .o_arrow_button_current")
    expect(state).to_have_text("Intact", timeout=60_000)
    expect(form.locator("[name=result]")).to_contain_text("are as they were sealed")
    auditor.photograph("verification")
    auditor.open("action-mcp_audit.action_mcp_audit_dashboard")
    dashboard = page.locator(".o_mcp_protection")
    expect(dashboard).to_contain_text("protection level 1")
    expect(page.get_by_text("Last verification: Intact")).to_be_visible()


def test_a_changed_event_is_shown(auditor, server):
    connection = server.connect()
    connection.autocommit = True
    with connection.cursor() as cr:
        cr.execute("ALTER TABLE mcp_audit_event DISABLE TRIGGER USER")
        cr.execute("UPDATE mcp_audit_event SET login = 'nobody' WHERE id = 1")
        cr.execute("ALTER TABLE mcp_audit_event ENABLE TRIGGER USER")
    connection.close()
    auditor.open(_VERIFICATIONS)
    page = auditor.page
    page.get_by_role("button", name="Verify Now").click()
    form = page.locator(".o_form_view")
    expect(form.locator(".alert-danger")).to_be_visible(timeout=60_000)
    expect(form.locator("[name=result]")).to_contain_text("Seal 1")
    auditor.photograph("verification broken")
    auditor.open("action-mcp_audit.action_mcp_audit_job")
    expect(page.locator(".o_searchview_facet")).to_contain_text("Not Done Yet")
    expect(page.locator(".o_data_row", has_text="Done")).to_have_count(0)
    page.click(".o_searchview_facet .o_facet_remove")
    rows = page.locator(".o_data_row", has_text="verify the trail")
    expect(rows.first).to_contain_text("Done")
    auditor.photograph("background jobs")
