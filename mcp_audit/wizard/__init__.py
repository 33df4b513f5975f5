from . import mcp_audit_erasure
from . import mcp_audit_retention_preview
