from . import res_config_settings
from . import mcp_server_settings
