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
