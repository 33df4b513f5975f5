"""Apps are not installed by a client's call: that would load Odoo anew under it."""

from odoo import models
from odoo.exceptions import UserError

from .. import containment


class IrModuleModule(models.Model):
    _inherit = "ir.module.module"

    def _button_immediate_function(self, function):
        if containment.inside():
            raise UserError(
                self.env._("Apps are installed on Odoo's own screens, not from here.")
            )
        return super()._button_immediate_function(function)
