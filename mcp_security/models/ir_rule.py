"""Record rules, with the records that access records leave out."""

from odoo import models
from odoo.fields import Domain

from ..guard import Rest, guarding


class IrRule(models.Model):
    _inherit = "ir.rule"

    def _compute_domain(self, model_name, mode="read"):
        guard = guarding(self.env)
        if guard is None:
            return super()._compute_domain(model_name, mode)
        # Odoo remembers the result for everybody, and for models that inherit from
        # others asks here again: the policy has no part in what is remembered.
        with guard.resting(Rest.LOOKING_UP):
            domain = super()._compute_domain(model_name, mode)
            restriction = self._restriction(guard.policy(self.env), model_name)
        if restriction.is_true() or guard.passes(reading=mode == "read"):
            return domain
        return Domain.AND([domain, restriction]).optimize(self.env[model_name].sudo())

    def _restriction(self, policy, model_name):
        """Return the domain of the policy, those of inherited models included."""
        restriction = self.env["mcp.access.record"]._restriction(policy, model_name)
        for parent, link in self.env[model_name]._inherits.items():
            inherited = self._restriction(policy, parent)
            if not inherited.is_true():
                restriction &= Domain(link, "any", inherited)
        return restriction
