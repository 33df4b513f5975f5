"""MCP, Monitoring, Lockouts: who failed too often, and letting them in again."""

import uuid

import httpx
import pytest
from playwright.sync_api import expect

_LOCKOUTS = "action-mcp_security.action_mcp_lockout"
_FAILURES = 5


@pytest.fixture
def nobody_locked(office):
    """Nobody has failed before the test, nobody has after it, and it counts meanwhile.

    In the template database it does not count: suites send wrong keys on purpose.
    """

    def forget(failures):
        found = office.desk.call("mcp.lockout", "search", [])
        office.desk.call("mcp.lockout", "unlink", found)
        name = "mcp_security.lockout_failures"
        office.desk.call("ir.config_parameter", "set_param", name, str(failures))

    forget(_FAILURES)
    yield
    forget(0)


@pytest.fixture
def attempt(server):
    """Return *attempt(login)*: a wrong password, and the status that answers it."""

    def attempt(login):
        return httpx.post(
            server.url,
            content=b"{}",
            headers={"X-Odoo-Database": server.database},
            auth=(login, "wrong"),
        ).status_code

    return attempt


def test_an_empty_list_says_that_nobody_is_locked_out(admin, nobody_locked):
    admin.open(_LOCKOUTS)
    expect(admin.page.locator(".o_nocontent_help")).to_contain_text(
        "Nobody is locked out"
    )
    admin.photograph("lockouts none")


def test_a_login_that_failed_too_often_is_listed_and_let_in(
    admin, nobody_locked, attempt
):
    login = f"browser-{uuid.uuid4().hex[:8]}"
    assert [attempt(login) for _ in range(_FAILURES + 1)] == [401] * _FAILURES + [429]
    admin.open(_LOCKOUTS)
    rows = admin.page.locator(".o_data_row")
    expect(rows).to_have_count(1)
    expect(rows.locator("td[name=subject]")).to_have_text(login)
    admin.photograph("lockouts")
    admin.page.locator(".o_searchview_facet .o_facet_remove").click()
    # the address has failed as often, and is not locked yet
    everybody = rows.filter(has_text="Everybody there")
    expect(everybody).to_have_count(1)
    expect(everybody.get_by_role("button", name="Lift")).to_have_count(0)
    admin.photograph("lockouts and failures")
    rows.filter(has_text=login).get_by_role("button", name="Lift").click()
    expect(rows).to_have_count(1)
    assert attempt(login) == 401
