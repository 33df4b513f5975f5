from . import ir_http
from . import res_users_apikeys
from . import mcp_server
from . import mcp_tool
from . import mcp_tool_targets
from . import mcp_tool_discovery
from . import mcp_tool_records
