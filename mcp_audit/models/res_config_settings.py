"""The fields of the settings screen, one for each of :mod:`..settings`."""

from odoo import api, fields, models

from .mcp_audit_bookkeeping import UNFINISHED


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
    mcp_keep_trail = fields.Boolean(
        "Keep the Trail",
        help="When the addon is uninstalled, leave the tables of the trail in the "
        "database, in a schema of their own.",
    )
    mcp_own_events = fields.Boolean(
        "Own Requests",
        help="Let MCP users see what their own clients did.",
    )

    # ------------------------------------------------------------
    # What is shown, and not set
    # ------------------------------------------------------------

    mcp_audit_level = fields.Selection(
        [
            ("1", "1: events can't be changed from Odoo"),
            ("2", "2: nor with Odoo's own access to the database"),
        ],
        "Protection Level",
        compute="_compute_mcp_audit_protection",
    )
    mcp_audit_sealed = fields.Datetime(
        "Last Seal", compute="_compute_mcp_audit_protection"
    )
    mcp_audit_seal_late = fields.Boolean(compute="_compute_mcp_audit_protection")
    mcp_audit_verification_id = fields.Many2one(
        "mcp.audit.verification",
        "Last Verification",
        compute="_compute_mcp_audit_protection",
    )
    mcp_audit_verified = fields.Datetime(related="mcp_audit_verification_id.finished")
    mcp_audit_verdict = fields.Selection(related="mcp_audit_verification_id.state")
    mcp_audit_failed_jobs = fields.Integer(
        "Failed Jobs", compute="_compute_mcp_audit_protection"
    )

    @api.depends_context("uid")
    def _compute_mcp_audit_protection(self):
        protection = self.env["mcp.audit.protection"]
        sealed, late = protection._sealed()
        # shown to whoever may see the settings
        verifications = self.env["mcp.audit.verification"].sudo()
        last = verifications.search([("state", "not in", UNFINISHED)], limit=1)
        for settings in self:
            settings.mcp_audit_level = str(protection._level())
            settings.mcp_audit_sealed = sealed
            settings.mcp_audit_seal_late = late
            settings.mcp_audit_verification_id = last
            settings.mcp_audit_failed_jobs = self.env["mcp.audit.job"]._failed_count()

    def action_mcp_audit_verify(self):
        """Have the trail verified, and show how far that is."""
        return self.env["mcp.audit.verification"].action_verify()
