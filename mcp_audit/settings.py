"""What an administrator may set about the trail, see :mod:`mcp_core.settings`."""

from odoo.addons.mcp_core.settings import Number, Table

TABLE = Table(
    prefix="mcp_audit.",
    numbers={"recovery_minutes": Number(10, 1, 24 * 60)},
    switches={"audit_required": True},
)
