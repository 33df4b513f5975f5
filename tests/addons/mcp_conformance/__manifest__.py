{
    "name": "MCP Conformance Fixtures",
    "summary": "What the official conformance suite expects of a server it tests",
    "version": "19.0.1.0.0",
    "category": "Hidden/Tests",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_prompts"],
    "data": [
        "data/mcp_tool_data.xml",
        "data/mcp_resource_data.xml",
        "data/mcp_prompt_data.xml",
    ],
    "installable": True,
}
