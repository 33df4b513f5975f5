"""The pictures of the addons' descriptions, which setup/screenshots fetches from here.

They show no key that works, no name of a person, and no address of this machine.
"""

import json

import pytest
from connect import ADDRESS, key_in, make_key
from playwright.sync_api import expect

_WIDTH = 1280
_GROUPS = (
    "base.group_user",
    "base.group_system",
    "mcp_core.group_manager",
    "sales_team.group_sale_manager",
)
_QUESTION = {
    "model": "sale.order",
    "groupby": ["state"],
    "measures": ["amount_total:sum"],
}
_EXAMPLE_KEY = "0123456789abcdef0123456789abcdef01234567"
_EXAMPLE_ADDRESS = "http://localhost:8069"
_QUIET = ".o_menu_systray .badge, .o_menu_systray .o-mail-ImStatus { display: none }"
_REPLACE = """
replacements => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode())
        for (const [shown, example] of replacements)
            node.textContent = node.textContent.replaceAll(shown, example)
}
"""


class Studio:
    """An administrator without a name, whose screen is photographed."""

    def __init__(self, desk, web_url):
        self.desk = desk
        self.page = desk.page
        self._web_url = web_url

    def picture(self, name, height, key=None):
        """Photograph the upper part of the page, *height* pixels.

        :param key: that an example stands for in the picture
        """
        self.page.set_viewport_size({"width": _WIDTH, "height": height})
        self.page.add_style_tag(content=_QUIET)
        secrets = [(self._web_url, _EXAMPLE_ADDRESS)]
        secrets += [(key, _EXAMPLE_KEY)] if key else []
        self.page.evaluate(_REPLACE, secrets)
        seen = self.page.locator("body").inner_text()
        assert not [secret for secret, _ in secrets if secret in seen]
        self.desk.photograph(f"description/{name}")


@pytest.fixture
def studio(office, sit_down, server):
    """A :class:`Studio`."""
    employee = office.hire(_GROUPS, name="Administrator")
    desk = sit_down(employee.login, employee.login)
    desk.password = employee.login
    yield Studio(desk, server.web_url)
    office.write("res.users", employee.id, {"active": False})


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
            studio.picture("set_up", 860, key_in(dialog))
        dialog.get_by_role("button", name="Done").click()
    studio.desk.open(ADDRESS)
    expect(studio.page.locator(".o_data_row")).to_have_count(3)
    studio.picture("connect", 300)


def test_trying_a_tool(studio):
    studio.desk.open("action-mcp_core.action_mcp_tool")
    expect(studio.page.locator(".o_search_panel")).to_contain_text("Reading Records")
    studio.picture("tools", 880)
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
    studio.picture("try_it", 860)


def test_the_settings(studio):
    studio.desk.open("settings")
    block = studio.page.locator("#mcp_enabled")
    block.scroll_into_view_if_needed()
    studio.page.set_viewport_size({"width": _WIDTH, "height": 850})
    studio.page.get_by_role("heading", name="MCP Server", exact=True).evaluate(
        "element => element.scrollIntoView({block: 'start'})"
    )
    expect(block).to_be_in_viewport()
    studio.picture("settings", 850)


def test_the_description_in_apps_shows_them(office, studio):
    [addon] = office.desk.call(
        "ir.module.module", "search", [("name", "=", "mcp_core")]
    )
    studio.desk.open(f"apps/{addon}")
    description = studio.page.locator("[name=description_html]")
    expect(description).to_contain_text("Model Context Protocol")
    shown = description.locator("img")
    expect(shown).to_have_count(5)
    for number in range(5):
        shown.nth(number).scroll_into_view_if_needed()
        expect(shown.nth(number)).to_have_js_property("complete", True)
        assert shown.nth(number).evaluate("image => image.naturalWidth") == _WIDTH
    studio.desk.photograph("app description end")
    shown.first.scroll_into_view_if_needed()
    studio.desk.photograph("app description")
