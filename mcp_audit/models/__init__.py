from . import ir_config_parameter
from . import mcp_audit_event
from . import mcp_audit_rule
from . import mcp_remembered
from . import mcp_server
from . import mcp_tool
from . import res_config_settings
