from . import mcp_prompt
from . import mcp_resource
from . import mcp_tool
