"""The background jobs of the trail, for those who run the MCP server.

They need not be managers of the job queue, whose jobs of other apps are none of their
business.
"""

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.queue_job.job import STATES


class McpAuditJob(models.Model):
    _name = "mcp.audit.job"
    _description = "MCP Background Job"
    _auto = False
    _log_access = False
    _order = "date_created desc, id desc"

    name = fields.Char("Job", readonly=True)
    channel = fields.Char(readonly=True)
    state = fields.Selection(STATES, readonly=True)
    date_created = fields.Datetime("Asked For", readonly=True)
    date_started = fields.Datetime("Started", readonly=True)
    date_done = fields.Datetime("Done", readonly=True)
    exec_time = fields.Float("Duration (s)", readonly=True, aggregator=None)
    retry = fields.Integer("Tries", readonly=True, aggregator=None)
    eta = fields.Datetime("Not Before", readonly=True)
    reason = fields.Char(
        readonly=True, help="The server's log tells more of why a job failed."
    )

    @property
    def _table_query(self):
        return SQL(
            """
            SELECT id, name, channel, state, date_created, date_started, date_done,
                   exec_time, retry, eta,
                   CASE WHEN state = 'failed'
                        THEN concat_ws(': ', exc_name, left(exc_message, 500))
                   END AS reason
              FROM queue_job
             WHERE channel = 'root.mcp_audit' OR channel LIKE 'root.mcp_audit.%%'
            """
        )

    def action_try_again(self):
        """Have failed jobs run once more."""
        if not self.env.user.has_group("mcp_core.group_manager"):
            raise AccessError(self.env._("MCP administrators run failed jobs again."))
        failed = self.filtered(lambda job: job.state == "failed")
        # jobs of this addon only, which the query above sees to: hence sudo
        self.env["queue.job"].sudo().browse(failed.ids).requeue()

    @api.model
    def _failed_count(self):
        """Return how many jobs have failed and were not run again, for the settings."""
        return self.sudo().search_count([("state", "=", "failed")])
