"""Every screen that a menu of MCP leads to: at a desk, on a telephone, in the dark.

That nothing is told in the browser's console is looked at by `sit_down`.
"""

import pytest
from playwright.sync_api import TimeoutError

_DESK, _TELEPHONE = (1366, 850), (375, 800)
_MODES = {
    "desk": (_DESK, "light"),
    "dark": (_DESK, "dark"),
    "telephone": (_TELEPHONE, "light"),
}
#: What has no name for those who don't see it, of what can be pressed or filled in.
_NAMELESS = """
() => [...document.querySelectorAll(
        ".o_action_manager :is(button, a[href], input:not([type=hidden]), select)")]
    .filter((element) => element.checkVisibility())
    .filter((element) => !(
        element.innerText?.trim() || element.title || element.ariaLabel
        || element.placeholder || element.labels?.length || element.dataset.tooltip
        || element.closest("label") || element.querySelector("img[alt], [title]")
        || element.getAttribute("aria-labelledby")
        // cells of a list have the name of their column
        || element.closest("td, th, [name]")
        // Odoo's own
        || element.querySelector(".oi")
        || element.closest(".o_search_panel, .o_control_panel")
    ))
    .map((element) => element.outerHTML.slice(0, 200))
"""
#: A window, or a dialog.
_SHOWN = ".o_action_manager .o_view_controller, .modal .o_form_view"
_TOO_WIDE = "() => document.documentElement.scrollWidth - window.innerWidth"


@pytest.fixture(scope="module")
def screens(office):
    """The addresses of all screens with a menu: (what people call it, address)."""
    menus = office.desk.call(
        "ir.model.data",
        "search_read",
        [("model", "=", "ir.ui.menu"), ("module", "=like", "mcp%")],
        ["res_id"],
    )
    found = office.desk.call(
        "ir.ui.menu",
        "read",
        [menu["res_id"] for menu in menus],
        ["complete_name", "action"],
    )
    actions = [
        (menu["complete_name"], int(menu["action"].partition(",")[2]))
        for menu in found
        if menu["action"] and "server" not in menu["action"]
    ]
    assert len(actions) > 15
    return sorted((name, f"action-{number}") for name, number in actions)


@pytest.fixture(scope="module")
def everybody(office):
    """Somebody who may do everything there is."""
    return office.hire(
        ["base.group_system", "mcp_core.group_manager", "mcp_audit.group_auditor"]
    )


@pytest.mark.parametrize("mode", _MODES)
def test_every_screen_opens_and_fits(sit_down, server, everybody, screens, mode):
    (width, height), scheme = _MODES[mode]
    page = sit_down(everybody.login, everybody.login).page
    page.context.add_cookies(
        [{"name": "color_scheme", "value": scheme, "url": page.url}]
    )
    page.set_viewport_size({"width": width, "height": height})
    wrong = []
    for name, address in screens:
        page.goto(f"{server.web_url}/odoo/{address}")
        try:
            page.wait_for_selector(_SHOWN, timeout=15_000)
        except TimeoutError:
            wrong.append(f"{name}: does not open")
            continue
        page.wait_for_timeout(300)
        if too_wide := max(0, page.evaluate(_TOO_WIDE)):
            wrong.append(f"{name}: {too_wide} pixels too wide")
        wrong += [f"{name}: no name: {what}" for what in page.evaluate(_NAMELESS)]
    assert wrong == []
