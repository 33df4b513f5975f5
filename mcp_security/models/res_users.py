"""Users, of whom Odoo shows everybody their own: to clients, what the policy shows."""

from odoo import api, models

from ..guard import guarding


class ResUsers(models.Model):
    _inherit = "res.users"

    @api.model
    def _has_field_access(self, field, operation):
        if not super()._has_field_access(field, operation):
            return False
        guard = guarding(self.env)
        return guard is None or guard.admits(self.env, field, operation)

    def read(self, fields=None, load="_classic_read"):
        # of the user's own record Odoo reads some fields as superuser
        if (guard := guarding(self.env)) and not guard.rest:
            self.check_access("read")
            for name in fields or ():
                self._check_field_access(self._fields[name], "read")
        return super().read(fields=fields, load=load)
