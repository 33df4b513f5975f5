"""The fields of the settings screen, one for each of :mod:`..settings`."""

from odoo import fields, models


class ResConfigSettings(models.TransientModel):
    _inherit = "res.config.settings"

    mcp_audit_required = fields.Boolean(
        "Refuse What Can't Be Recorded",
        help="Refuse a call while the audit trail can't be written. Otherwise the call "
        "is carried out, and only the server's log tells of it.",
    )
    mcp_recovery_minutes = fields.Integer(
        "Interrupted After",
        help="Minutes after which a call that began and did not end is taken for "
        "interrupted. One that still runs by then is undone.",
    )
    mcp_retention_days_requests = fields.Integer(
        "Requests and Sessions",
        help="Days for which requests and sessions are kept in the audit trail.",
    )
    mcp_retention_days_security = fields.Integer(
        "Refusals",
        help="Days for which failed logins, lockouts and other refusals are kept.",
    )
    mcp_retention_days_changes = fields.Integer(
        "Changes and Audits",
        help="Days for which changes of the configuration, and what auditors did, are "
        "kept.",
    )
    mcp_retention_days_payloads = fields.Integer(
        "What Was Asked and Answered",
        help="Days for which the contents of requests and answers are kept.",
    )
    mcp_export_days = fields.Integer(
        "Exported Files",
        help="Days after which the file of an export is deleted.",
    )
    mcp_own_events = fields.Boolean(
        "Own Requests",
        help="Let MCP users see what their own clients did.",
    )
