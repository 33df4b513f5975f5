"""Purges: what is deleted from the trail, by whose wish, and how far it is."""

from odoo import api, fields, models

from .mcp_audit_bookkeeping import UNFINISHED

#: How many requests are erased at once where somebody waits for it.
REQUESTS_MAX = 1000


class McpAuditPurge(models.Model):
    _name = "mcp.audit.purge"
    _inherit = "mcp.audit.bookkeeping"
    _description = "MCP Audit Purge"
    _order = "id desc"
    _rec_name = "create_date"

    cause = fields.Selection(
        [("retention", "Retention"), ("erasure", "Erasure")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        [
            ("waiting", "Waiting"),
            ("running", "Running"),
            ("done", "Done"),
            ("stopped", "Stopped"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    reason = fields.Text(readonly=True)
    # a number: the trail outlives those it tells of
    erased_user = fields.Integer("Erased User ID", readonly=True)
    cutoffs = fields.Json(readonly=True)
    started = fields.Datetime(readonly=True)
    finished = fields.Datetime(readonly=True)
    total = fields.Integer("To Delete", readonly=True)
    deleted = fields.Integer(readonly=True)
    held = fields.Integer("Held Back", readonly=True)
    #: how far each step has come, and what each group has lost
    progress = fields.Json(readonly=True)
    duration = fields.Float("Duration (s)", compute="_compute_duration")
    percent = fields.Float(compute="_compute_percent")
    result = fields.Text(compute="_compute_result")

    @api.depends("started", "finished")
    def _compute_duration(self):
        for purge in self:
            end = purge.finished or fields.Datetime.now()
            started = purge.started
            purge.duration = (end - started).total_seconds() if started else 0

    @api.depends("total", "deleted", "state")
    def _compute_percent(self):
        for purge in self:
            if purge.state == "done":
                purge.percent = 100
            else:
                purge.percent = min(100, 100 * purge.deleted / (purge.total or 1))

    @api.depends("progress", "cutoffs")
    def _compute_result(self):
        for purge in self:
            lines = []
            for name, lost in ((purge.progress or {}).get("lost") or {}).items():
                before = (purge.cutoffs or {}).get(name)
                lines.append(
                    self.env._(
                        "%(group)s: %(deleted)s deleted, %(held)s held back",
                        group=f"{name} < {before}" if before else name,
                        deleted=lost["deleted"],
                        held=lost["held"],
                    )
                )
            purge.result = "\n".join(lines)

    # ------------------------------------------------------------
    # Asking for one
    # ------------------------------------------------------------

    @api.model
    def _start_daily(self):
        """Scheduled action: go on with what is not done, or begin what is due now."""
        purge = self.search(
            [("cause", "=", "retention"), ("state", "in", UNFINISHED)],
            limit=1,
        )
        (purge or self._plan())._enqueue()

    @api.model
    def _plan(self, cutoffs=None):
        """Return a new purge of what is older than the settings want.

        :param cutoffs: those that somebody has seen; the settings bound them anyway
        """
        retention = self.env["mcp.audit.retention"]
        cutoffs = retention._bounded(cutoffs) if cutoffs else retention._cutoffs()
        return self.create({"cause": "retention", "cutoffs": cutoffs})

    @api.model
    def _plan_erasure(self, user_id, reason):
        """Return a new purge of what was asked and answered in requests of one user."""
        return self.create(
            {"cause": "erasure", "erased_user": user_id, "reason": reason}
        )

    def _enqueue(self):
        for purge in self:
            purge.with_delay(
                identity_key=f"mcp_audit.purge:{purge.id}",
                description=self.env._("MCP Audit: purge %(number)s", number=purge.id),
            )._run()

    def _window(self):
        return self._form(self.env._("Purge"))

    def action_stop(self):
        """Let it end where it is: administrators and auditors may, who see it."""
        self.check_access("read")
        self.filtered(lambda p: p.state in UNFINISHED).sudo().write(
            {"state": "stopped", "finished": fields.Datetime.now()}
        )
