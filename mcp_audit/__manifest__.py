{
    "name": "MCP Audit",
    "summary": "The place for the record of what is done through the MCP server",
    "version": "19.0.1.0.0",
    "development_status": "Beta",
    "category": "Technical",
    "author": "Odoo MCP contributors",
    "license": "LGPL-3",
    "depends": ["mcp_core", "queue_job"],
    "data": ["security/mcp_audit_groups.xml"],
}
