from . import mcp
from . import oauth_discovery
