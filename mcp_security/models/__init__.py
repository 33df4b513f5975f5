from . import res_config_settings
from . import mcp_server_settings
from . import mcp_rate_bucket
from . import mcp_rate_limit
from . import mcp_server_rate
