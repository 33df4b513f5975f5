{
    "name": "MCP Security",
    "summary": "Who may reach the MCP server, how often, and what clients may do there",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
    "data": [
        "security/ir.model.access.csv",
        "wizard/mcp_effective_access_views.xml",
        "views/mcp_access_record_views.xml",
        "views/mcp_rate_limit_views.xml",
        "views/res_config_settings_views.xml",
        "views/mcp_menus.xml",
    ],
    "uninstall_hook": "uninstall_hook",
}
