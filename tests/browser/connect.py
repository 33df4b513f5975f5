"""MCP, Connect: making a key, and the dialog that shows it once."""

from playwright.sync_api import expect

ADDRESS = "action-mcp_core.action_mcp_connect"


def make_key(desk, name="Claude on my laptop", access="Read only", photograph=False):
    """Make a key and return the dialog that shows it."""
    desk.open(ADDRESS)
    desk.page.click("button:has-text('Connect a Client')")
    dialog = desk.page.locator(".modal")
    dialog.locator("[name=name] input").fill(name)
    dialog.get_by_label(access, exact=True).check()
    if photograph:
        desk.photograph("connect")
    dialog.get_by_role("button", name="Create Key").click()
    made = dialog.get_by_text("Odoo shows this key only now")
    asked = dialog.locator("input[type=password]")
    expect(made.or_(asked)).to_be_visible()
    if asked.is_visible():  # once in ten minutes
        desk.confirm_password(desk.password)
    expect(made).to_be_visible()
    return dialog


def key_in(dialog):
    """Return the key that the dialog of :func:`make_key` shows."""
    return dialog.locator("[name=key]").first.inner_text().strip()
