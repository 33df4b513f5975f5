{
    "name": "MCP Bench",
    "summary": "Controllers that do nothing, to measure against",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
    "installable": True,
}
