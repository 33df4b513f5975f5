"""Documents under the policy: what a report shows is decided by its template."""

from odoo import api, models

from ..guard import Rest, guarding


class McpResource(models.Model):
    _inherit = "mcp.resource"

    @api.model
    def _usable_reports(self, domain):
        reports = super()._usable_reports(domain)
        guard = guarding(self.env)
        if guard is None:
            return reports
        policy = guard.policy(self.env)
        return reports.filtered(lambda report: policy.prints(report.model))

    @api.model
    def _printed(self, report, ids):
        guard = guarding(self.env)
        if guard is None:
            return super()._printed(report, ids)
        # an administrator has said that it may be printed as it is
        with guard.resting(Rest.OWN_CODE):
            return super()._printed(report, ids)
