{
    "name": "MCP Prompts",
    "summary": "The place for the prompts that the MCP server offers",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
}
