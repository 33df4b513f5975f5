"""The pictures of the addons' descriptions, which setup/screenshots fetches from here.

They show no key that works, no name of a person, and no address of this machine.
"""

import json
import re

import pytest
from connect import ADDRESS, key_in, make_key
from endpoint import Endpoint
from playwright.sync_api import expect

_WIDTH = 1280
_GROUPS = (
    "base.group_user",
    "base.group_system",
    "mcp_core.group_manager",
    "mcp_audit.group_auditor",
    "sales_team.group_sale_manager",
)
_QUESTION = {
    "model": "sale.order",
    "groupby": ["state"],
    "measures": ["amount_total:sum"],
}
#: What clients of a company ask for in a week, in the trail as if they had.
_WEEK = """
INSERT INTO mcp_audit_event (
       kind, time, request_id, user_id, login, client_name, method, tool, model,
       outcome, http_status, duration, request_bytes, response_bytes)
SELECT 'request.finished',
       now() AT TIME ZONE 'UTC' - interval '25 minutes' * n
           - interval '11 hours' * (n % 17 / 9),
       'picture-' || n, 1000 + n % 3,
       (ARRAY['sales', 'purchasing', 'accounts'])[1 + n % 3],
       (ARRAY['Claude Code', 'Visual Studio Code', 'Cursor'])[1 + n * n % 7 % 3],
       'tools/call',
       (ARRAY['search', 'read', 'aggregate', 'search', 'write', 'create',
              'describe_model'])[1 + n * 5 % 23 % 7],
       (ARRAY['sale.order', 'res.partner', 'account.move', 'sale.order',
              'crm.lead'])[1 + n * 7 % 29 % 5],
       CASE WHEN n % 19 = 0 THEN 'error' WHEN n % 31 = 0 THEN 'refused'
            ELSE 'success' END,
       200, CASE WHEN n % 97 = 0 THEN 1400 + n ELSE 8 + n * 13 % 71 END,
       400, 200 + n * 37 % 5000
  FROM generate_series(380, 1, -1) AS n
"""
_EXAMPLE_KEY = "0123456789abcdef0123456789abcdef01234567"
_EXAMPLE_ADDRESS = "http://localhost:8069"
_QUIET = ".o_menu_systray .badge, .o_menu_systray .o-mail-ImStatus { display: none }"
#: The login of somebody hired for a picture.
_LOGIN = "live-[0-9a-f]{12}"
_REPLACE = """
replacements => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (const [shown, example] of replacements) {
            const pattern = new RegExp(shown, "g")
            node.textContent = node.textContent.replaceAll(pattern, example)
        }
}
"""


class Studio:
    """An administrator without a name, whose screen is photographed."""

    def __init__(self, desk, web_url):
        self.desk = desk
        self.page = desk.page
        self._web_url = web_url

    def picture(self, name, height, key=None, login="admin"):
        """Photograph the upper part of the page, *height* pixels.

        :param name: of the addon and of the picture, ``"mcp_core/connect"``
        :param key: that an example stands for in the picture
        :param login: that stands there for all of people hired for a picture
        """
        self.page.set_viewport_size({"width": _WIDTH, "height": height})
        self.page.add_style_tag(content=_QUIET)
        secrets = [(re.escape(self._web_url), _EXAMPLE_ADDRESS), (_LOGIN, login)]
        secrets += [(key, _EXAMPLE_KEY)] if key else []
        self.page.evaluate(_REPLACE, secrets)
        seen = self.page.locator("body").inner_text()
        assert not [secret for secret, _ in secrets if re.search(secret, seen)]
        self.desk.photograph(f"description/{name}")


@pytest.fixture
def studio(office, sit_down, server):
    """A :class:`Studio`."""
    employee = office.hire(_GROUPS, name="Administrator")
    desk = sit_down(employee.login, employee.login)
    desk.password = employee.login
    yield Studio(desk, server.web_url)
    office.write("res.users", employee.id, {"active": False})


@pytest.fixture
def assistant(office, server):
    """A user of that name, whose client works."""
    employee = office.hire(
        ["base.group_user", "sales_team.group_sale_manager", "mcp_core.group_user"],
        name="Sales",
    )
    with Endpoint(server.url, employee.key) as client:
        yield client
    office.write("res.users", employee.id, {"active": False})


def _run(office, model, code):
    """Have Odoo run Python: no job runs here, and a week takes a week."""
    action = office.create(
        "ir.actions.server",
        name="picture",
        model_id=office.reference(model),
        state="code",
        code=code,
    )
    office.desk.call("ir.actions.server", "run", [action])
    office.unlink("ir.actions.server", action)


def test_connecting(studio):
    for name, access in (
        ("Cursor", "Read and write"),
        ("VS Code", "Read and write"),
        ("Claude Code", "Read only"),
    ):
        dialog = make_key(studio.desk, name, access)
        if name == "VS Code":
            dialog.get_by_role("button", name="Test Connection").click()
            status = dialog.locator(".o_mcp_connection_test [role=status]")
            expect(status).to_contain_text("answered in")
            dialog.get_by_role("tab", name=name).click()
            expect(dialog.locator(".tab-pane.active")).to_contain_text("mcp.json")
            studio.picture("mcp_core/set_up", 860, key_in(dialog))
        dialog.get_by_role("button", name="Done").click()
    studio.desk.open(ADDRESS)
    expect(studio.page.locator(".o_data_row")).to_have_count(3)
    studio.picture("mcp_core/connect", 300)


def test_trying_a_tool(studio):
    studio.desk.open("action-mcp_core.action_mcp_tool")
    expect(studio.page.locator(".o_search_panel")).to_contain_text("Reading Records")
    studio.picture("mcp_core/tools", 880)
    studio.page.locator(".o_data_cell[name=name]:text-is('aggregate')").click()
    studio.page.get_by_role("button", name="Try It").click()
    dialog = studio.page.locator(".modal")
    dialog.locator("[name=arguments] .ace_editor").evaluate(
        "(element, text) => ace.edit(element).setValue(text, -1)",
        json.dumps(_QUESTION, indent=2),
    )
    dialog.get_by_role("button", name="Run").click()
    expect(dialog).to_contain_text("The tool succeeded")
    expect(dialog.locator("div[name=formatted]")).to_contain_text("amount_total")
    studio.picture("mcp_core/try_it", 860)


def test_the_settings(studio):
    studio.desk.open("settings")
    block = studio.page.locator("#mcp_enabled")
    block.scroll_into_view_if_needed()
    studio.page.set_viewport_size({"width": _WIDTH, "height": 850})
    studio.page.get_by_role("heading", name="MCP Server", exact=True).evaluate(
        "element => element.scrollIntoView({block: 'start'})"
    )
    expect(block).to_be_in_viewport()
    studio.picture("mcp_core/settings", 850)


def test_the_trail(office, studio, assistant):
    assistant.call("search", model="sale.order", limit=5)
    lead = {"name": "Office chairs", "description": "Password: abcdefgh12"}
    made = assistant.call("create", model="crm.lead", records=[lead])["records"][0]
    change = {"priority": "2", "expected_revenue": 1200}
    assistant.call("write", model="crm.lead", ids=[made["id"]], values=change)
    assistant.failed_call("create", model="res.country", records=[{"name": "x"}])
    studio.desk.open("action-mcp_audit.action_mcp_audit_log")
    rows = studio.page.locator(".o_data_row")
    expect(rows.first).to_contain_text("Refused")
    studio.picture("mcp_audit/logs", 420)
    rows.filter(has_text="write").first.locator("[name=label]").click()
    expect(studio.page.locator(".o_form_view")).to_contain_text("priority")
    studio.picture("mcp_audit/request", 760, login="sales")


def test_the_dashboard(office, studio):
    _run(office, "mcp_audit.model_mcp_audit_event", f"env.cr.execute({_WEEK!r})")
    _run(office, "mcp_audit.model_mcp_audit_rollup", "model._fold()")
    studio.desk.open("action-mcp_audit.action_mcp_audit_dashboard")
    expect(studio.page.locator("section[name=tools]")).to_contain_text("aggregate")
    # a week of the company, and not of whoever was hired for a picture
    hired = studio.page.locator(".o_mcp_line", has_text=re.compile(_LOGIN))
    hired.evaluate_all("lines => lines.forEach(line => line.remove())")
    studio.picture("mcp_audit/dashboard", 860)


def test_what_clients_may_do(office, studio):
    fields = ("name", "partner_id", "stage_id", "expected_revenue", "display_name")
    [model] = office.desk.call("ir.model", "search", [("model", "=", "crm.lead")])
    listed = office.desk.call(
        "ir.model.fields",
        "search",
        [("model_id", "=", model), ("name", "in", fields)],
    )
    record = office.create(
        "mcp.access.record",
        model_id=model,
        perm_write=True,
        record_cap=50,
        read_mode="listed",
        read_field_ids=[[6, 0, listed]],
        domain="[('user_id', '=', uid)]",
    )
    studio.desk.open(f"action-mcp_security.action_mcp_access_record/{record}")
    expect(studio.page.locator("[name=read_field_ids]")).to_contain_text("Stage")
    studio.picture("mcp_security/access_record", 700)
    studio.page.locator(".oe_stat_button").get_by_text("Effective Access").click()
    dialog = studio.page.locator(".modal")
    expect(dialog.locator("[name=line_ids]")).to_contain_text("Allowed by")
    studio.picture("mcp_security/effective_access", 700)
    office.unlink("mcp.access.record", record)


def test_a_prompt(office, studio):
    studio.desk.open("action-mcp_prompts.action_mcp_prompt_global")
    rows = studio.page.locator(".o_data_row")
    expect(rows.first).to_be_visible()
    studio.picture("mcp_prompts/prompts", 480)
    rows.filter(has_text="Pipeline review").first.locator("td[name=title]").click()
    studio.page.get_by_role("button", name="Preview").click()
    dialog = studio.page.locator(".modal")
    values = dialog.locator("[name=value_ids]")
    values.locator(".o_data_row", has_text="period").locator("td[name=value]").click()
    values.locator("td[name=value] input").fill("this month")
    values.locator("td[name=value] input").press("Tab")
    expect(dialog.locator("[name=message_ids]")).to_contain_text("for this month")
    studio.picture("mcp_prompts/preview", 700)


@pytest.mark.parametrize("addon", ["core", "security", "prompts", "audit"])
def test_the_descriptions_in_apps_show_them(office, studio, addon):
    [module] = office.desk.call(
        "ir.module.module", "search", [("name", "=", f"mcp_{addon}")]
    )
    studio.desk.open(f"apps/{module}")
    description = studio.page.locator("[name=description_html]")
    expect(description).to_contain_text("MCP")
    shown = description.locator("img")
    expect(shown).not_to_have_count(0)
    for picture in shown.all():
        picture.scroll_into_view_if_needed()
        expect(picture).to_have_js_property("complete", True)
        assert picture.evaluate("image => image.naturalWidth") == _WIDTH
    studio.desk.photograph(f"{addon} description end")
    shown.first.scroll_into_view_if_needed()
    studio.desk.photograph(f"{addon} description")
