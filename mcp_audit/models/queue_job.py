"""Jobs of the trail in the hands of people: who puts one off, keeps all after it from
being run, and nothing is sealed."""

from odoo import models

from .. import configuration

#: Jobs in these states are not run any more, and are cleaned up by the thousand.
_ENDED = ("done", "cancelled")


class QueueJob(models.Model):
    _inherit = "queue.job"

    def _mcp_own(self):
        return self.filtered(
            lambda job: f"{job.sudo().channel}.".startswith("root.mcp_audit.")
        )

    def write(self, vals):
        # the queue itself shows by this object that it writes
        if self.env.context.get("_job_edit_sentinel") is self.EDIT_SENTINEL:
            return super().write(vals)
        with configuration.changing(self._mcp_own(), vals):
            return super().write(vals)

    def unlink(self):
        configuration.deleting(
            self._mcp_own().filtered(lambda job: job.state not in _ENDED)
        )
        return super().unlink()

    def _change_job_state(self, state, result=None):
        with configuration.changing(self._mcp_own(), ["state"]):
            return super()._change_job_state(state, result)
