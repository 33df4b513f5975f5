{
    "name": "MCP Example: Tool",
    "summary": "A tool of its own: contacts that nobody has looked after",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
    "data": ["data/mcp_tool_data.xml"],
    "installable": True,
}
