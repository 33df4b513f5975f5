from . import mcp_prompt_part
from . import mcp_prompt
from . import mcp_prompt_argument
from . import mcp_prompt_checks
from . import mcp_prompt_message
from . import mcp_prompt_proposals
from . import mcp_prompt_rendering
from . import mcp_server
