{
    "name": "MCP Example: Concern",
    "summary": "A concern of its own: nothing is changed while the books are closed",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
    "installable": True,
}
