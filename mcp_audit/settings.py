"""What an administrator may set about the trail, see :mod:`mcp_core.settings`."""

from odoo.addons.mcp_core.settings import Number, Table

#: A year and a month: the year that is audited, and the time to audit it.
_DAYS = Number(395, 1, 100 * 365)

TABLE = Table(
    prefix="mcp_audit.",
    numbers={
        "recovery_minutes": Number(10, 1, 24 * 60),
        "retention_days_requests": _DAYS,
        "retention_days_security": _DAYS,
        "retention_days_changes": _DAYS,
        "retention_days_payloads": _DAYS,
        "export_days": Number(7, 1, 365),
    },
    switches={"audit_required": True, "own_events": False, "keep_trail": False},
)
