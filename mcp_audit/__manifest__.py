{
    "name": "MCP Audit",
    "summary": "The place for the record of what is done through the MCP server",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core", "queue_job"],
    "data": [
        "security/mcp_audit_groups.xml",
        "security/ir.model.access.csv",
        "views/mcp_audit_event_views.xml",
        "views/mcp_audit_rule_views.xml",
        "views/res_config_settings_views.xml",
        "views/mcp_audit_menus.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
