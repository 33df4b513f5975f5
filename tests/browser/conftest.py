"""Odoo's web client in a real browser, in the hands of people.

The suite starts a server with all apps. Like the live suite it is pointed at one that
runs already by MCP_TEST_URL, MCP_TEST_DATABASE and MCP_TEST_PASSWORD_ADMIN.
MCP_TEST_CHROMIUM names the browser to use.
"""

import os
from dataclasses import dataclass
from pathlib import Path

import pytest
from bootstrap import chromium, layout
from bootstrap.console import Step
from office import Office
from playwright.sync_api import expect, sync_playwright

_RUNNING = os.environ.get("MCP_TEST_URL")
_SIZE = {"width": 1366, "height": 850}
#: In milliseconds: the first page of a server builds its assets.
_PATIENCE = 40_000
#: Debian's Odoo comes without this file, and says so on every page.
_KNOWN_ERROR = "selfie_segmentation"
_PHOTOGRAPHS = Path(os.environ.get("MCP_TEST_DATA") or layout.TEST_DATA) / "screenshots"
_taken = []


def pytest_terminal_summary(terminalreporter):
    for path in _taken:
        terminalreporter.write_line(f"browser: screenshot {path}")


@dataclass(frozen=True, slots=True)
class Server:
    """Where the web client is, and who administers it."""

    web_url: str
    database: str
    admin_password: str = "admin"

    @property
    def url(self):
        return f"{self.web_url}/mcp"


@pytest.fixture(scope="session")
def server():
    """A server with all apps and addons."""
    if _RUNNING:
        yield Server(
            _RUNNING.removesuffix("/mcp"),
            os.environ.get("MCP_TEST_DATABASE", "odoo"),
            os.environ.get("MCP_TEST_PASSWORD_ADMIN", "admin"),
        )
        return
    from bootstrap.instance import Instance

    with Instance.clone(channels="root:0") as instance:
        yield Server(instance.web_url, instance.database)


@pytest.fixture(scope="session")
def office(server):
    """Odoo's interface without a browser, to arrange things and to look at them."""
    with Office(server.web_url, server.database, server.admin_password) as office:
        yield office


@pytest.fixture(scope="session")
def browser():
    """A browser, the same for all tests."""
    found = chromium.provide(Step("Chromium"))
    expect.set_options(timeout=20_000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found.path,
            env={**os.environ, **found.variables},
            args=["--no-sandbox", "--disable-dev-shm-usage"],
        )
        yield browser
        browser.close()


class Desk:
    """Somebody who has logged in: `page` is theirs."""

    def __init__(self, page, web_url):
        self.page = page
        self._web_url = web_url

    def log_in(self, login, password):
        self.page.goto(f"{self._web_url}/web/login")
        self.page.fill("input[name=login]", login)
        self.page.fill("input[name=password]", password)
        self.page.click(".oe_login_form button[type=submit]")
        self.page.wait_for_selector(".o_main_navbar")

    def open(self, address):
        """Open a page of the web client: what follows /odoo/ in its address."""
        self.page.goto(f"{self._web_url}/odoo/{address}")
        self.page.wait_for_selector(".o_action_manager .o_view_controller")

    def confirm_password(self, password):
        """Say who one is, where Odoo asks before it makes or removes a key."""
        self.page.fill(".modal input[type=password]", password)
        self.page.click(".modal button:has-text('Confirm Password')")

    def photograph(self, name):
        """Take a screenshot; its path is printed when the suite ends."""
        path = _PHOTOGRAPHS / f"{name}.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=path)
        _taken.append(path)


@pytest.fixture
def sit_down(browser, server):
    """Return *sit_down(login, password)*, which gives a :class:`Desk`.

    Whatever went wrong in the page, seen or not, fails the test.
    """
    contexts, errors = [], []

    def sit_down(login, password):
        context = browser.new_context(
            viewport=_SIZE,
            locale="en-US",
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(_PATIENCE)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on(
            "console",
            lambda message: message.type == "error" and errors.append(message.text),
        )
        desk = Desk(page, server.web_url)
        desk.log_in(login, password)
        return desk

    yield sit_down
    for context in contexts:
        context.close()
    assert [error for error in errors if _KNOWN_ERROR not in error] == []


@pytest.fixture
def admin(sit_down, server):
    """The administrator's :class:`Desk`."""
    return sit_down("admin", server.admin_password)


@pytest.fixture
def changing_tool(office):
    """The name of a tool that, as far as its record says, may change something."""
    [found] = office.desk.call(
        "mcp.tool", "search_read", [("name", "=", "count")], ["id"]
    )
    office.desk.call(
        "mcp.tool", "copy", [found["id"]], {"name": "changing", "read_only": False}
    )
    [copied] = office.desk.call(
        "mcp.tool", "search_read", [("name", "=", "changing")], ["id"]
    )
    yield "changing"
    office.unlink("mcp.tool", copied["id"])
