"""A look at what retention would delete now, and the button that makes it."""

from odoo import api, fields, models
from odoo.exceptions import AccessError

_GROUPS = [
    ("requests", "Requests and Sessions"),
    ("security", "Refusals"),
    ("changes", "Changes and Audits"),
    ("payloads", "What Was Asked and Answered"),
]


class McpAuditRetentionPreview(models.TransientModel):
    _name = "mcp.audit.retention.preview"
    _description = "MCP Audit Retention Preview"

    cutoffs = fields.Json(readonly=True)
    line_ids = fields.One2many(
        "mcp.audit.retention.preview.line", "preview_id", readonly=True
    )
    total = fields.Integer("To Delete", compute="_compute_total")

    @api.depends("line_ids.total")
    def _compute_total(self):
        for preview in self:
            preview.total = sum(preview.line_ids.mapped("total"))

    @api.model
    def _open(self):
        """Return the action that shows what would be deleted now."""
        self.check_access("create")
        retention = self.env["mcp.audit.retention"]
        cutoffs = retention._cutoffs()
        # counts and names of holds, of events that administrators may not read
        holds = self.env["mcp.audit.hold"].sudo()
        preview = self.create(
            {
                "cutoffs": cutoffs,
                "line_ids": [
                    fields.Command.create(
                        {
                            "group": line["group"],
                            "before": line["before"],
                            "total": line["count"],
                            "oldest": line["oldest"],
                            "newest": line["newest"],
                            "held": line["held"],
                            "holds": "\n".join(
                                f"{holds.browse(hold).name}: {count}"
                                for hold, count in sorted(line["holds"].items())
                            ),
                        }
                    )
                    for line in retention._preview(cutoffs)
                ],
            }
        )
        return preview._window()

    def _window(self):
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Audit Retention"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
            "context": {"dialog_size": "extra-large"},
        }

    def action_run(self):
        """Delete it: what was seen, less what is held or kept for longer meanwhile."""
        if not self.env.user.has_group("mcp_core.group_manager"):
            # who set the days, and so may have done at once what they ask for
            raise AccessError(
                self.env._("Only administrators of MCP may delete what is due.")
            )
        # bookkeeping that no user may write, hence sudo
        purge = self.env["mcp.audit.purge"].sudo()._plan(self.cutoffs)
        purge._enqueue()
        return purge._window()


class McpAuditRetentionPreviewLine(models.TransientModel):
    _name = "mcp.audit.retention.preview.line"
    _description = "MCP Audit Retention Preview Line"

    preview_id = fields.Many2one(
        "mcp.audit.retention.preview", required=True, ondelete="cascade"
    )
    group = fields.Selection(_GROUPS, readonly=True)
    before = fields.Datetime("Older Than", readonly=True)
    total = fields.Integer("To Delete", readonly=True)
    oldest = fields.Datetime(readonly=True)
    newest = fields.Datetime(readonly=True)
    held = fields.Integer("Held Back", readonly=True)
    holds = fields.Text("By Holds", readonly=True)
