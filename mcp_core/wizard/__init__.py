from . import mcp_connect
from . import mcp_connect_show
from . import mcp_tool_trial
