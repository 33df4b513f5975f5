from . import mcp_resource
