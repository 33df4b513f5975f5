from . import mcp_prompt
from . import mcp_prompt_argument
from . import mcp_server
