from . import mcp_effective_access
