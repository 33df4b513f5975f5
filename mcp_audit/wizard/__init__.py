from . import mcp_audit_erasure
from . import mcp_audit_export_wizard
from . import mcp_audit_retention_preview
