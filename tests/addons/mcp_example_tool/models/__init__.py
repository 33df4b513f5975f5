from . import mcp_tool
