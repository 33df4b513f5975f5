{
    "name": "MCP Example: Resource",
    "summary": "A resource of its own: the companies of a country",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
    "data": ["data/mcp_resource_data.xml"],
    "installable": True,
}
