{
    "name": "MCP Server",
    "summary": "Let AI clients work with Odoo through the Model Context Protocol",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["web"],
    "external_dependencies": {"python": ["jsonschema", "orjson"]},
    "data": [
        "security/mcp_groups.xml",
        "security/ir.model.access.csv",
        "views/mcp_tool_views.xml",
        "views/mcp_menus.xml",
        "data/mcp_tool_data.xml",
    ],
    "application": True,
}
