from . import mcp_resource
from . import mcp_tool
