from . import mcp_prompt_preview
from . import mcp_prompt_export
from . import mcp_prompt_import
