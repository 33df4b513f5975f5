{
    "name": "MCP Prompts",
    "summary": "Offer the prompts of other addons to the clients of the MCP server",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
    "data": ["security/ir.model.access.csv"],
}
