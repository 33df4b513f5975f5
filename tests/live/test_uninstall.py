"""Uninstalling the trail: nothing of it is left, or all of it where that was chosen."""

import pytest
from endpoint import Endpoint

_UNINSTALL = """
def main(env, keep):
    env["ir.config_parameter"].set_param("mcp_audit.keep_trail", str(int(keep)))
    env["mcp.audit.seal"]._seal()
    env["mcp.audit.verification"]._ask()
    env.cr.commit()
    module = env["ir.module.module"].search([("name", "=", "mcp_audit")])
    module.button_immediate_uninstall()
"""
_INSTALL = """
def main(env):
    module = env["ir.module.module"].search([("name", "=", "mcp_audit")])
    module.button_immediate_install()
"""
#: What there may be of an addon in a database, by what it is.
_LEFT = {
    "tables": "SELECT relname FROM pg_class WHERE relname LIKE 'mcp\\_audit%'"
    " AND relnamespace = 'public'::regnamespace",
    "functions": "SELECT proname FROM pg_proc WHERE proname LIKE 'mcp\\_audit%'",
    "triggers": "SELECT tgname FROM pg_trigger WHERE tgname LIKE 'mcp\\_audit%'"
    " AND tgrelid NOT IN (SELECT pg_class.oid FROM pg_class JOIN pg_namespace"
    " ON pg_namespace.oid = relnamespace WHERE nspname LIKE 'mcp\\_audit\\_kept%')",
    "parameters": "SELECT key FROM ir_config_parameter WHERE key LIKE 'mcp\\_audit%'",
    "jobs": "SELECT name FROM queue_job WHERE channel LIKE 'root.mcp\\_audit%'",
    "channels": "SELECT name FROM queue_job_channel WHERE complete_name LIKE"
    " 'root.mcp\\_audit%'",
    "crons": "SELECT cron_name FROM ir_cron WHERE cron_name LIKE 'MCP Audit%'",
    "menus": "SELECT id FROM ir_ui_menu WHERE name ->> 'en_US' LIKE '%Audit Logs%'",
    "data": "SELECT name FROM ir_model_data WHERE module = 'mcp_audit'",
    "models": "SELECT model FROM ir_model WHERE model LIKE 'mcp.audit%'",
}


@pytest.fixture(scope="module")
def odoo():
    from bootstrap.instance import Instance

    odoo = Instance.clone(channels="root:0")
    yield odoo
    odoo.server.remove()


def _rows(odoo, query):
    connection = odoo.connect()
    connection.autocommit = True
    try:
        with connection.cursor() as cr:
            cr.execute(query)
            return cr.fetchall()
    finally:
        connection.close()


def _call(odoo):
    with Endpoint(odoo.url, odoo.keys["admin"], patience=60) as client:
        client.call("create", model="res.partner", records=[{"name": "Left"}])


@pytest.mark.parametrize("keep", [False, True], ids=["gone", "kept"])
def test_uninstalling_leaves_what_was_chosen(odoo, keep):
    odoo.start()
    _call(odoo)
    odoo.stop()
    assert _rows(odoo, "SELECT 1 FROM mcp_audit_event")
    odoo.shell(_UNINSTALL, keep=keep)
    left = {what: _rows(odoo, query) for what, query in _LEFT.items()}
    assert {what: rows for what, rows in left.items() if rows} == {}
    kept = _rows(
        odoo,
        "SELECT nspname FROM pg_namespace WHERE nspname LIKE 'mcp\\_audit\\_kept%'",
    )
    assert len(kept) == keep
    for (schema,) in kept:
        assert _rows(odoo, f"SELECT 1 FROM {schema}.mcp_audit_event")
        assert _rows(odoo, f"SELECT 1 FROM {schema}.mcp_audit_seal")
    # the others work without it, and it can come back
    odoo.start()
    _call(odoo)
    odoo.stop()
    odoo.shell(_INSTALL)
    assert _rows(odoo, "SELECT count(*) FROM mcp_audit_seal") == [(0,)]
