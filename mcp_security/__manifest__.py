{
    "name": "MCP Security",
    "summary": "The place for rules on who may do what through the MCP server",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
}
