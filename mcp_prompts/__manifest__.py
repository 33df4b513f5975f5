{
    "name": "MCP Prompts",
    "summary": "Prompts for the clients of the MCP server: global and personal",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core"],
    "data": [
        "security/ir.model.access.csv",
        "security/mcp_prompts_rules.xml",
        "wizard/mcp_prompt_preview_views.xml",
        "wizard/mcp_prompt_transfer_views.xml",
        "views/mcp_prompt_views.xml",
        "data/mcp_prompt_data.xml",
    ],
}
